// Colours that colour-blind readers can tell apart (Okabe and Ito), for light and dark paper.
import { colour, dark } from "./dom.mjs";

const LIGHT = ["#0072B2", "#E69F00", "#AA4499", "#56B4E9", "#D55E00"];
const DARK = ["#4aa8e0", "#f0b429", "#d98acb", "#8fd0f5", "#ff8f4d"];

export const partyColour = k => (dark() ? DARK : LIGHT)[k % LIGHT.length];

export const tones = () => ({
  ink: colour("--ink"), quiet: colour("--quiet"), line: colour("--line"), paper: colour("--paper"),
  panel: colour("--panel"), good: colour("--good"), bad: colour("--bad"), accent: colour("--accent"),
  bars: dark() ? "#8fa6ba" : "#3d4f5f", spoilers: dark() ? "#f0b429" : "#E69F00",
  grid: dark() ? "#2c343e" : "#e8eaed", talks: dark() ? "#4aa8e0" : "#0072B2", measures: dark() ? "#d98acb" : "#AA4499",
});

export function faded(hex, opacity) {
  const [r, g, b] = [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16));
  return `rgba(${r},${g},${b},${opacity})`;
}

// Dark or light words, whichever are read more easily on a colour.
export function inkOn(hex) {
  const [r, g, b] = [1, 3, 5].map(k => (parseInt(hex.slice(k, k + 2), 16) / 255) ** 2.2);
  return .2126 * r + .7152 * g + .0722 * b > .18 ? "#10151b" : "#ffffff";
}

// Trust from 0 to 1 as a colour: vermilion, grey, blue.
export function trustColour(value) {
  const [low, middle, high] = dark() ? [[255, 143, 77], [150, 158, 168], [74, 168, 224]] : [[213, 94, 0], [150, 155, 162], [0, 114, 178]];
  const [a, b, w] = value < .5 ? [low, middle, value * 2] : [middle, high, value * 2 - 1];
  return `rgb(${a.map((x, k) => Math.round(x + (b[k] - x) * Math.min(Math.max(w, 0), 1))).join(",")})`;
}
