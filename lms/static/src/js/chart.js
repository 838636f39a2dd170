// Charts, loaded on demand: `const { draw } = await import('../js/chart.js')`.
// A chart repeats the table beside it.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LineController,
  LineElement,
  LinearScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import { number } from './texts.js';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LineController,
  LineElement,
  LinearScale,
  PointElement,
  Tooltip,
);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Draws on the canvas in the theme's colours: draw(canvas, 'bar', {labels, series: [{label, values}]}). Returns the chart. */
export function draw(canvas, type, { labels, series }, options = {}) {
  const colours = ['--kind-2', '--kind-3', '--kind-1', '--kind-6', '--kind-4'].map(token);
  const datasets = series.map(({ label, values }, at) => ({
    label,
    data: values,
    backgroundColor: colours[at % colours.length],
    borderColor: colours[at % colours.length],
    borderRadius: 3,
    borderWidth: type === 'line' ? 2 : 0,
    maxBarThickness: 36,
  }));
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = token('--ink-2');
  return new Chart(canvas, {
    type,
    data: { labels, datasets },
    options: {
      animation: still ? false : { duration: 200 },
      maintainAspectRatio: false,
      plugins: {
        legend: { display: series.length > 1, position: 'bottom' },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${number(item.raw)}` } },
      },
      scales: {
        x: { grid: { display: false } },
        y: { beginAtZero: true, grid: { color: token('--line') }, ticks: { callback: number } },
      },
      ...options,
    },
  });
}
