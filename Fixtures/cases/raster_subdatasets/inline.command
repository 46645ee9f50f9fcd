<VRTDataset rasterXSize="24" rasterYSize="20"><VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename relativeToVRT="1">pages.tif</SourceFilename><SourceBand>2</SourceBand></SimpleSource></VRTRasterBand><VRTRasterBand dataType="Byte" band="2"><SimpleSource><SourceFilename relativeToVRT="1">pages.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand><VRTRasterBand dataType="Byte" band="3"><SimpleSource><SourceFilename relativeToVRT="1">pages.tif</SourceFilename><SourceBand>3</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>
-m
largest_of_3.onnx
