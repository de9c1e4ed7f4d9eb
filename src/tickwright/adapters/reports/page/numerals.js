// Numbers and times as text, always in UTC and with a true minus sign.

const minus = (text) => text.replace("-", "−");
const grouped = (value, digits) =>
  minus((Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const percent = (value, digits = 2) => (Number.isFinite(value) ? grouped(100 * value, digits) + "%" : "–");
const signedPercent = (value, digits = 2) => (value > 0 ? "+" : "") + percent(value, digits);
const plain = (value, digits = 2) => (Number.isFinite(value) ? grouped(value, digits) : "–");
const signed = (value, digits = 2) => (value > 0 ? "+" : "") + plain(value, digits);

// Money on an axis: 1.2M, 85k.
function shortMoney(value) {
  const size = Math.abs(value);
  const [unit, name] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
  const scaled = value / unit;
  const digits = Math.abs(scaled) < 10 && scaled % 1 ? 2 : scaled % 1 ? 1 : 0;
  return grouped(scaled, digits) + name;
}

// A price with as many digits as its size needs.
function price(value, scale) {
  if (!Number.isFinite(value)) return "–";
  const needed = value === 0 ? 2 : Math.max(0, 5 - Math.floor(Math.log10(Math.abs(value))));
  return grouped(value, Math.min(scale, Math.max(needed, 2)));
}

const priceLabel = (value) => { const text = price(value, 8); return text.includes(".") ? text.replace(/\.?0+$/, "") : text; };

const two = (value) => String(value).padStart(2, "0");

function day(seconds) {
  const d = new Date(1000 * seconds);
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
}

function minute(seconds) {
  const d = new Date(1000 * seconds);
  return `${day(seconds)} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

function span(seconds) {
  for (const [size, name] of [[604800, "week"], [86400, "day"], [3600, "hour"], [60, "minute"]]) {
    const whole = seconds / size;
    if (whole >= 1 && Number.isInteger(whole)) return `${whole} ${name}${whole > 1 ? "s" : ""}`;
  }
  return `${seconds} seconds`;
}

const hours = (seconds) => (seconds >= 172800 ? `${plain(seconds / 86400, 1)} d` : `${plain(seconds / 3600, 1)} h`);
