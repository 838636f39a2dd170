// Submits the page's form at once; without scripts its button does.
document.querySelector('[data-send-now]').submit();
