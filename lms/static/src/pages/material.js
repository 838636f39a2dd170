// Shows a PDF material in the page; the links beside it work without scripts.
import { each } from '../js/dom.js';

each('[data-pdf]', async (box) => {
  const words = box.innerHTML;
  try {
    const { showPdf } = await import('../js/pdf.js');
    await showPdf(box, box.dataset.pdf);
  } catch {
    box.innerHTML = words;
  }
});
