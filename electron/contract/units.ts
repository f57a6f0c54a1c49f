/**
 * Units as types. A number that has one of these types was made by its constructor, so a length at the
 * detector cannot be handed to something that wants a length in the patient.
 */
declare const unit: unique symbol;
type Quantity<Name extends string> = number & { readonly [unit]: Name };

export type Millimetres = Quantity<'mm'>;
export type Degrees = Quantity<'deg'>;
export type Radians = Quantity<'rad'>;
export type KilovoltPeak = Quantity<'kVp'>;
export type KiloelectronVolt = Quantity<'keV'>;
export type MilliampereSeconds = Quantity<'mAs'>;
export type HounsfieldUnits = Quantity<'HU'>;
/** Linear attenuation, per millimetre. */
export type PerMillimetre = Quantity<'1/mm'>;
/** A position or length on a film, in its own pixels; (0, 0) is the outer corner of the top left pixel. */
export type ImagePx = Quantity<'image px'>;
/** A position or length on the screen, in CSS pixels. */
export type ScreenPx = Quantity<'screen px'>;
export type Milliseconds = Quantity<'ms'>;

export const mm = (value: number): Millimetres => value as Millimetres;
export const degrees = (value: number): Degrees => value as Degrees;
export const radians = (value: number): Radians => value as Radians;
export const kilovoltPeak = (value: number): KilovoltPeak => value as KilovoltPeak;
export const kiloelectronVolt = (value: number): KiloelectronVolt => value as KiloelectronVolt;
export const milliampereSeconds = (value: number): MilliampereSeconds => value as MilliampereSeconds;
export const hounsfield = (value: number): HounsfieldUnits => value as HounsfieldUnits;
export const imagePx = (value: number): ImagePx => value as ImagePx;
export const screenPx = (value: number): ScreenPx => value as ScreenPx;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;

export const toRadians = (angle: Degrees): Radians => ((angle * Math.PI) / 180) as Radians;
export const toDegrees = (angle: Radians): Degrees => ((angle * 180) / Math.PI) as Degrees;
