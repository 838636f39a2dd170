// Sends the page's form at once; without scripts there is its button.
document.querySelector('[data-send-now]').submit();
