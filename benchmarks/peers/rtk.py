"""RTK's JosephForwardProjectionImageFilter on a ball, timed one line of standard input (a number of threads) at a time.

Arguments: voxels along a side, pixels along a side, millimetres of the volume's side, of the detector's side, source to
isocentre, source to detector. Prints the seconds of each projection, geometry and volume being in memory.
"""
import sys
import time

import itk
import numpy as np
from itk import RTK as rtk

voxels, pixels = int(sys.argv[1]), int(sys.argv[2])
side, detector, source, distance = map(float, sys.argv[3:7])
Image = itk.Image[itk.F, 3]

axis = (np.arange(voxels, dtype=np.float32) + 0.5 - voxels / 2) ** 2
field = np.empty((voxels, voxels, voxels), dtype=np.float32)
for k in range(voxels):
    field[k] = np.where(axis[k] + axis[:, None] + axis[None, :] < (voxels / 2 - 2) ** 2, 0.02, 0)
volume = itk.image_view_from_array(field)
volume.SetSpacing([side / voxels] * 3)
volume.SetOrigin([-(voxels - 1) / 2 * side / voxels] * 3)

empty = rtk.ConstantImageSource[Image].New()
spacing = detector / pixels
empty.SetOrigin([-(pixels - 1) / 2 * spacing] * 2 + [0])
empty.SetSpacing([spacing] * 3)
empty.SetSize([pixels, pixels, 1])
empty.SetConstant(0)
empty.Update()
geometry = rtk.ThreeDCircularProjectionGeometry.New()
geometry.AddProjection(source, distance, 0)
projector = rtk.JosephForwardProjectionImageFilter[Image, Image].New()
projector.SetInput(0, empty.GetOutput())
projector.SetInput(1, volume)
projector.SetGeometry(geometry)
projector.InPlaceOff()
print("ready", flush=True)

for line in sys.stdin:
    threads = int(line)
    itk.MultiThreaderBase.SetGlobalDefaultNumberOfThreads(threads)
    projector.SetNumberOfWorkUnits(threads)
    projector.Modified()
    begun = time.perf_counter()
    projector.Update()
    print(time.perf_counter() - begun, flush=True)
