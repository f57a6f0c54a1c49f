/**
 * Hounsfield units as masses of two tissues. A voxel is read as a mixture, by volume, of soft tissue and
 * cortical bone (ICRU-44), so that one CT number gives two densities whose attenuation at the CT's own
 * effective energy is again that number, and whose attenuation at any other energy follows.
 *
 * Total density is DeepDRR's line (Unberath et al., MICCAI 2018, after Schneider et al. 1996):
 * max(0, min(0.001029 HU + 1.030, 0.0005886 HU + 1.030)) g/cm³. DeepDRR then calls a voxel above 350 HU all
 * bone; here the bone fraction rises in a straight line from the densest soft tissue to cortical bone,
 * which keeps cancellous bone and partly filled voxels at the attenuation that the CT measured.
 */

/** Below this a voxel is air: the threshold of DeepDRR and plastimatch. */
export const airBelow = -800;
/** Muscle and blood are below 80 HU; what is denser holds mineral. */
export const boneBegins = 80;
/** Cortical bone of ICRU-44 (1.92 g/cm³) at the effective energy of a 120 kV CT, about 70 keV. */
export const boneWhole = 1600;

/** The most that a CT of 12 bits can say; no tissue is denser. */
const densestTissue = 3071;

/**
 * Hounsfield units by which a volume says "this voxel is an implant". They lie near what a CT with an
 * extended scale shows at 70 keV; cobalt-chrome, which would be 43 000, stands as far up as 16 bits allow.
 * Bone cement is PMMA with a tenth of barium sulphate.
 */
export const cementHounsfield = 2500;
export const titaniumHounsfield = 12_000;
export const steelHounsfield = 30_000;
export const cobaltChromeHounsfield = 32_000;

/**
 * g/cm³ of cortical bone that weaken a beam of 70 to 80 kV behind a hip as the metal does: titanium alloy
 * (4.43 g/cm³), stainless steel (7.95) and CoCr28Mo6 (8.3), for plates of 1 to 10 mm. Metal hardens the beam
 * more than bone does, so that no one number is right for all; these are within 18 % of the absorbance.
 */
const metals = [
  [densestTissue, 0.0005886 * densestTissue + 1.03],
  [titaniumHounsfield, 11.2],
  [steelHounsfield, 30.2],
  [cobaltChromeHounsfield, 35],
] as const;

function metalDensity(hounsfield: number): number {
  let n = 1;
  while (n < metals.length - 1 && metals[n]![0] < hounsfield) n++;
  const [low, below] = metals[n - 1]!;
  const [high, above] = metals[n]!;
  return below + ((above - below) * (Math.min(hounsfield, cobaltChromeHounsfield) - low)) / (high - low);
}

/** g/cm³ of all tissue in a voxel of this HU; above 3071 HU, of the bone that stands for the metal. */
export function tissueDensity(hounsfield: number): number {
  if (hounsfield <= airBelow) return 0;
  if (hounsfield > densestTissue) return metalDensity(hounsfield);
  return Math.max(0, Math.min(0.001029 * hounsfield, 0.0005886 * hounsfield) + 1.03);
}

/** g/cm³ of soft tissue and of cortical bone in a voxel of this HU. */
export function tissueMixture(hounsfield: number): { soft: number; bone: number } {
  const density = tissueDensity(hounsfield);
  if (hounsfield <= boneBegins) return { soft: density, bone: 0 };
  if (hounsfield >= boneWhole) return { soft: 0, bone: density };
  const bone = (tissueDensity(boneWhole) * (hounsfield - boneBegins)) / (boneWhole - boneBegins);
  return { soft: density - bone, bone };
}
