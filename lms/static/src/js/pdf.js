// A PDF inside the page, also on phones, whose browsers have no viewer for frames; fetched when a page asks for it:
// `const { showPdf } = await import('../js/pdf.js')`. Works within default-src 'self': a worker of our own, no eval, no wasm.
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.min.mjs';
import workerFile from './pdf.worker.mjs';
import { h } from './dom.js';
import { _ } from './texts.js';

pdfjs.GlobalWorkerOptions.workerSrc = new URL(workerFile, import.meta.url).href;

const SHARPEST = 2; // device pixels per CSS pixel at most, for laptops with little memory

async function draw(page, sheet) {
  const base = page.getViewport({ scale: 1 });
  const scale = (sheet.clientWidth / base.width) * Math.min(window.devicePixelRatio || 1, SHARPEST);
  const viewport = page.getViewport({ scale });
  const canvas = h('canvas', {
    width: Math.floor(viewport.width),
    height: Math.floor(viewport.height),
    'aria-hidden': 'true',
  });
  await page.render({ canvas, viewport }).promise;
  const { items } = await page.getTextContent();
  // The canvas for sight, the text for screen readers.
  sheet.replaceChildren(
    canvas,
    h('div', { class: 'visually-hidden' }, items.map((item) => item.str + (item.hasEOL ? '\n' : '')).join('')),
  );
}

/** Shows the document in `box`, page under page, each drawn when it is close to the screen. Resolves to {pages}; rejects when it is not a PDF. */
export async function showPdf(box, url) {
  const pdf = await pdfjs.getDocument({ url, useWasm: false, disableAutoFetch: true }).promise;
  const first = (await pdf.getPage(1)).getViewport({ scale: 1 });
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        pdf.getPage(Number(target.dataset.page)).then((page) => draw(page, target));
      }
    },
    { rootMargin: '600px' },
  );
  box.classList.add('pdf');
  box.replaceChildren();
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const sheet = h('div', {
      class: 'pdf-page',
      role: 'group',
      'data-page': number,
      'aria-label': _('Page %(page)s of %(pages)s', { page: number, pages: pdf.numPages }),
    });
    sheet.style.aspectRatio = `${first.width} / ${first.height}`;
    box.append(sheet);
    near.observe(sheet);
  }
  return { pages: pdf.numPages };
}
