/**
 * Bounds as nearly all of them are written, read from the bytes of JSON without making a text. What is written in another way is NaN here, and is
 * parsed as JSON.
 */

/** Digits that a double holds, whatever they are. */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, i) => 10 ** i);

/** A whole number of up to 15 digits. */
export function wholeAt(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] === 45 ? start + 1 : start;
  if (end - first > MOST_DIGITS || end === first || (bytes[first] === 48 && end - first > 1))
    return Number.NaN;
  const value = digitsAt(bytes, first, end);
  return first === start ? value : -value;
}

/** A number of up to 15 digits, some of them perhaps behind a point, times 10 to the power of `scale`; NaN where it has more behind the point than that. */
export function scaledAt(bytes: Uint8Array, start: number, end: number, scale: number): number {
  const { mantissa, places } = decimalAt(bytes, start, end);
  return places > scale || scale - places > MOST_DIGITS ? Number.NaN : mantissa * POWERS[scale - places]!;
}

/** A number of up to 15 digits, as the double that is nearest. */
export function doubleAt(bytes: Uint8Array, start: number, end: number): number {
  const { mantissa, places } = decimalAt(bytes, start, end);
  // Both are exact, so that the quotient is rounded once.
  return mantissa / POWERS[places]!;
}

const decimal = { mantissa: 0, places: 0 };

function decimalAt(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly mantissa: number; readonly places: number } {
  const first = bytes[start] === 45 ? start + 1 : start;
  const point = bytes.subarray(first, end).indexOf(46);
  decimal.places = 0;
  if (point < 0) {
    decimal.mantissa = wholeAt(bytes, start, end);
    return decimal;
  }
  const middle = first + point;
  decimal.mantissa = Number.NaN;
  const places = end - middle - 1;
  if (point + places > MOST_DIGITS || places === 0) return decimal;
  decimal.places = places;
  const whole = wholeAt(bytes, first, middle);
  const value = whole * POWERS[places]! + digitsAt(bytes, middle + 1, end);
  decimal.mantissa = first === start ? value : -value;
  return decimal;
}

/** Days since 1970 of `"2024-01-31"`. */
export function dateAt(bytes: Uint8Array, start: number, end: number): number {
  return end - start === 12 && bytes[start] === 34 && bytes[end - 1] === 34
    ? daysAt(bytes, start + 1)
    : Number.NaN;
}

/** Microseconds since 1970 of `"2024-01-31T12:00:00.000Z"`, of milliseconds or microseconds; without the `Z` where `zoned` is false. */
export function timestampAt(bytes: Uint8Array, start: number, end: number, zoned: boolean): number {
  const last = zoned ? end - 2 : end - 1;
  if (bytes[start] !== 34 || bytes[end - 1] !== 34 || (zoned && bytes[last] !== 90)) return Number.NaN;
  const at = start + 1;
  const digits = last - at - 20;
  if (digits !== 3 && digits !== 6) return Number.NaN;
  if (bytes[at + 10] !== 84 || bytes[at + 13] !== 58 || bytes[at + 16] !== 58 || bytes[at + 19] !== 46)
    return Number.NaN;
  const hour = digitsAt(bytes, at + 11, at + 13);
  const minute = digitsAt(bytes, at + 14, at + 16);
  const second = digitsAt(bytes, at + 17, at + 19);
  const part = digitsAt(bytes, at + 20, last);
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  const seconds = daysAt(bytes, at) * 86_400 + hour * 3600 + minute * 60 + second;
  return seconds * 1_000_000 + part * (digits === 3 ? 1000 : 1);
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Of `2024-01-31`, from year 1000 on: those before are another calendar's for some writers. */
function daysAt(bytes: Uint8Array, at: number): number {
  const year = digitsAt(bytes, at, at + 4);
  const month = digitsAt(bytes, at + 5, at + 7);
  const day = digitsAt(bytes, at + 8, at + 10);
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  const fits =
    bytes[at + 4] === 45 && bytes[at + 7] === 45 && year >= 1000 && month >= 1 && month <= 12 && day >= 1;
  if (!fits || day > MONTH_DAYS[month - 1]! + leap) return Number.NaN;
  // Years from March on, so that the leap day is the last one.
  const years = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    years * 365 +
    Math.floor(years / 4) -
    Math.floor(years / 100) +
    Math.floor(years / 400) +
    dayOfYear -
    719_468
  );
}

function digitsAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
