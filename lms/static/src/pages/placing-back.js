// The answer goes back to the platform by itself; without the script its button does it.
import { find } from '../js/dom.js';

find('#back')?.requestSubmit();
