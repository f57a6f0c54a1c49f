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

/** g/cm³ of all tissue in a voxel of this HU. */
export function tissueDensity(hounsfield: number): number {
  if (hounsfield <= airBelow) return 0;
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

/**
 * Hounsfield units by which a volume says "this voxel is an implant". They lie near what a CT with an
 * extended scale shows at 70 keV; cobalt-chrome, which would be 43 000, stands as far up as 16 bits allow.
 */
export const cementHounsfield = 2500;
export const titaniumHounsfield = 12_000;
export const steelHounsfield = 30_000;
export const cobaltChromeHounsfield = 32_000;
