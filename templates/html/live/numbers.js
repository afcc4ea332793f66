// How figures look: the rules of the walkthrough's own numbers.
const LEAST_SIGNIFICANT = 4, LARGEST_PLAIN_PLACE = 15, SMALLEST_PLAIN_PLACE = -5;

function leadingPlace(value) {
  return Number(Math.abs(value).toExponential().split("e")[1]);
}

function withoutZeros(digits) {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

// A figure as the page shows it; an exact one is short.
function digitsOf(value, isExact = false) {
  const decimals = data.decimals;
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  if (isExact) return withoutZeros(value.toFixed(decimals)).replace(/^-0$/, "0");
  const place = leadingPlace(value);
  const scientific = () => value.toExponential(Math.max(LEAST_SIGNIFICANT, decimals) - 1).replace("e+", "e");
  if (place > LARGEST_PLAIN_PLACE) return scientific();
  if (place >= 0 || decimals + place + 1 >= Math.min(LEAST_SIGNIFICANT, decimals)) return value.toFixed(decimals);
  if (place >= SMALLEST_PLAIN_PLACE) return value.toFixed(LEAST_SIGNIFICANT - 1 - place);
  return scientific();
}

// A number that somebody types: digits with a point or a comma, perhaps an exponent. Null for anything else.
function readNumber(text) {
  const plain = text.trim().toLowerCase().replace("−", "-").replace(",", ".");
  if (plain.length > 40 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/.test(plain)) return null;
  return { value: Number(plain), typed: plain.replace(/^\+/, "") };
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
