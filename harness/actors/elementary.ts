/**
 * Logarithm, exponential and cosine out of additions, multiplications and divisions alone, so that they are the same to
 * the last bit wherever the language is: its standard leaves `Math.log`, `Math.exp` and `Math.cos` to the engine, and a
 * build for a machine with fused multiplications, or with the system's own cosine, may round them otherwise. Seeded times
 * and choices are made of these. The formulas are those of Sun's fdlibm (e_log.c, e_exp.c, k_cos.c, k_sin.c), less than
 * one unit in the last place off.
 */

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
double[0] = 1;
/** Index of the word with sign and exponent: the second one where the low byte comes first. */
const HIGH = words[1] === 0x3ff00000 ? 1 : 0;

function highWord(x: number): number {
  double[0] = x;
  return words[HIGH] as number;
}

function withHighWord(x: number, high: number): number {
  double[0] = x;
  words[HIGH] = high;
  return double[0] as number;
}

/** 2^exponent, -1022 to 1023. */
function powerOfTwo(exponent: number): number {
  return withHighWord(0, (exponent + 1023) << 20);
}

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TWO_54 = 18014398509481984;

/** The natural logarithm: -infinity at 0, NaN below it. */
export function naturalLog(value: number): number {
  if (!(value > 0)) return value === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (value === Number.POSITIVE_INFINITY) return value;
  let x = value;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    k = -54;
    x *= TWO_54;
  }
  let high = highWord(x);
  k += (high >> 20) - 1023;
  high &= 0xfffff;
  const carry = (high + 0x95f64) & 0x100000;
  // Between sqrt(1/2) and sqrt(2).
  x = withHighWord(x, high | (carry ^ 0x3ff00000));
  k += carry >> 20;
  const f = x - 1;
  if ((0xfffff & (2 + high)) < 3) {
    if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
    const rest = f * f * (0.5 - 0.3333333333333333 * f);
    return k === 0 ? f - rest : k * LN2_HIGH - (rest - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const r = odd + even;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f;
    return k === 0 ? f - (half - s * (half + r)) : k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k === 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

const INVERSE_LN2 = Math.LOG2E;

/** e^x: infinity above 709.78, 0 below -745.13. */
export function exponential(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x < -745.1332191019411) return 0;
  if (x === 1) return Math.E;
  const size = Math.abs(x);
  let high = x;
  let low = 0;
  let k = 0;
  if (size > 0.34657359027997264) {
    if (size < 1.0397207708399179) {
      k = x < 0 ? -1 : 1;
    } else {
      k = Math.trunc(INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5));
    }
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  } else if (size < 3.725290298461914e-9) {
    return 1 + x;
  }
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // Two steps where one power of two would not be a normal number.
  if (k >= -1021) return k === 1024 ? y * 2 * powerOfTwo(1023) : y * powerOfTwo(k);
  return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

/** log(1 + x) / x, and 1 at 0; x above -1. W. Kahan's form: the error of 1 + x cancels. */
export function logOnePlusOver(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return 1 - x / 2;
  return naturalLog(sum) / (sum - 1);
}

/** (e^x - 1) / x, and 1 at 0. W. Kahan's form: the error of e^x cancels. */
export function exponentialLessOneOver(x: number): number {
  const power = exponential(x);
  if (power === 1) return 1 + x / 2;
  if (power < 0.5 || power > 2) return (power - 1) / x;
  return (power - 1) / naturalLog(power);
}

const TURN = 6.283185307179586;

/** cos(2 pi t) of a whole or broken number of turns. */
export function cosineOfTurns(turns: number): number {
  let t = Math.abs(turns) % 1;
  if (t > 0.5) t = 1 - t;
  if (t > 0.25) return -quarterCosine(0.5 - t);
  return quarterCosine(t);
}

/** @param t - 0 to 1/4 of a turn. */
function quarterCosine(t: number): number {
  if (t <= 0.125) {
    const angle = TURN * t;
    const z = angle * angle;
    const rest =
      0.0416666666666666 +
      z *
        (-0.001388888888887411 +
          z *
            (2.480158728947673e-5 +
              z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11))));
    return 1 - (0.5 * z - z * z * rest);
  }
  const angle = TURN * (0.25 - t);
  const z = angle * angle;
  const rest =
    -0.16666666666666632 +
    z *
      (0.00833333333332249 +
        z *
          (-0.0001984126982985795 +
            z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10))));
  return angle + angle * z * rest;
}
