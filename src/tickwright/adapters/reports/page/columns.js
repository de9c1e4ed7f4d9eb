// The other half of packed_columns.py: base64 text back to typed arrays of numbers.

function bytesOf(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

// Integers of seven bits a byte, zigzag, optionally delta-coded; divided by 10^scale. Nulls become NaN.
function numbers(column) {
  const bytes = bytesOf(column.bytes), divisor = 10 ** column.scale;
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] < 128) count++;
  const values = new Float64Array(count);
  let sum = 0;
  for (let i = 0, row = 0; row < count; row++) {
    let value = 0, weight = 1, byte;
    do {
      byte = bytes[i++];
      value += (byte & 127) * weight;
      weight *= 128;
    } while (byte > 127);
    const number = value % 2 ? -(value + 1) / 2 : value / 2;
    sum = column.delta ? sum + number : number;
    values[row] = sum / divisor;
  }
  for (const [first, rows] of column.nulls || []) values.fill(NaN, first, first + rows);
  return values;
}

// Runs of even steps in milliseconds, or a column of them, to seconds since 1970.
function instants(column) {
  if (column.column) return numbers(column.column).map((t) => t / 1000);
  let count = 0;
  for (const run of column.runs) count += run[2];
  const seconds = new Float64Array(count);
  let row = 0;
  for (const [first, step, rows] of column.runs) {
    for (let k = 0; k < rows; k++) seconds[row++] = (first + k * step) / 1000;
  }
  return seconds;
}

function magnitudes(column) {
  const codes = new Uint16Array(bytesOf(column.bytes).buffer), values = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = codes[i] ? Math.exp(column.low + (codes[i] - 1) * column.step) : 0;
  return values;
}

// Candles come as open - previous close, close - open, and the two wicks.
function candles(packed) {
  const time = instants(packed.time), jump = numbers(packed.jump), body = numbers(packed.body);
  const up = numbers(packed.up), down = numbers(packed.down), n = time.length, unit = 10 ** packed.scale;
  const open = new Float64Array(n), high = new Float64Array(n), low = new Float64Array(n), close = new Float64Array(n);
  let previous = 0;
  for (let i = 0; i < n; i++) {
    const first = previous + jump[i], last = first + body[i];
    open[i] = first / unit;
    close[i] = last / unit;
    high[i] = (Math.max(first, last) + up[i]) / unit;
    low[i] = (Math.min(first, last) - down[i]) / unit;
    previous = last;
  }
  return { time, open, high, low, close, volume: magnitudes(packed.volume), step: packed.step, scale: packed.scale };
}
