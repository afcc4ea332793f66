// How figures look: the rules of the walkthrough's own numbers.
const LEAST_SIGNIFICANT = 4, LARGEST_PLAIN_PLACE = 15, SMALLEST_PLAIN_PLACE = -5;

function leadingPlace(value) {
  return Number(Math.abs(value).toExponential().split("e")[1]);
}

function withoutZeros(digits) {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

// How exact a value is: not at all; a fraction that no figure here can hold; one that the decimals hold; one that
// as many digits with an exponent hold.
const ROUNDED = 0, FRACTION = 1, FITS_SHORT = 2, FITS_LONG = 3;

// So many decimals; a fraction that lies between two figures goes to the larger one, whichever its double is nearer to.
function fixed(value, decimals, isFraction) {
  const units = Math.abs(value) * 10 ** decimals, below = Math.floor(units);
  if (!isFraction || Math.abs(units - below - 0.5) > 1e-6 + 1e-15 * units) return value.toFixed(decimals);
  return (Math.sign(value) * (below + 1) / 10 ** decimals).toFixed(decimals);
}

// A figure as the page shows it, by how exact it is.
function digitsOf(value, exactness = ROUNDED) {
  const decimals = data.decimals;
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  if (exactness === FITS_SHORT) return withoutZeros(value.toFixed(decimals)).replace(/^-0$/, "0");
  const shown = roundedOf(value, exactness === FRACTION);
  return exactness === FITS_LONG ? shown.split("e").map((part, n) => (n === 0 ? withoutZeros(part) : part)).join("e") : shown;
}

function roundedOf(value, isFraction) {
  const decimals = data.decimals, place = leadingPlace(value);
  const scientific = () => value.toExponential(Math.max(LEAST_SIGNIFICANT, decimals) - 1).replace("e+", "e");
  if (place > LARGEST_PLAIN_PLACE) return scientific();
  if (place >= 0 || decimals + place + 1 >= Math.min(LEAST_SIGNIFICANT, decimals)) return fixed(value, decimals, isFraction);
  if (place >= SMALLEST_PLAIN_PLACE) return fixed(value, LEAST_SIGNIFICANT - 1 - place, isFraction);
  return scientific();
}

// A number that somebody types: digits with a point or a comma, perhaps an exponent. Null for anything else.
function readNumber(text) {
  const plain = text.trim().toLowerCase().replace("−", "-").replace(",", ".");
  if (plain.length > 40 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/.test(plain)) return null;
  return { value: Number(plain), typed: asWritten(plain) };
}

// The same digits as they are printed: no more zeros before the point than one, and digits on both sides of it.
function asWritten(plain) {
  const [mantissa, exponent] = plain.split("e"), [whole, decimals] = mantissa.replace(/^[+-]/, "").split(".");
  const sign = plain.startsWith("-") ? "-" : "", power = exponent === undefined ? "" : `e${Number(exponent)}`;
  return `${sign}${whole.replace(/^0+(?=\d)/, "") || "0"}${decimals ? `.${decimals}` : ""}${power}`;
}

function written(digits) {
  return data.comma ? digits.replace(".", ",") : digits;
}

function signed(digits) {
  const number = `<mn>${written(digits.replace("-", ""))}</mn>`;
  return digits.startsWith("-") ? `<mrow><mo form="prefix">−</mo>${number}</mrow>` : number;
}

// The MathML of a figure; an operand below 0 stands in parentheses, and so does a base with an exponent.
function figureOf(digits, guard) {
  const [mantissa, exponent] = digits.split("e");
  const number = exponent === undefined
    ? signed(mantissa)
    : `<mrow>${signed(mantissa)}<mo>·</mo><msup><mn>10</mn>${signed(exponent)}</msup></mrow>`;
  const fenced = guard !== undefined && (digits.startsWith("-") || (guard === "base" && exponent !== undefined));
  return fenced ? `<mo stretchy="false">(</mo>${number}<mo stretchy="false">)</mo>` : number;
}
