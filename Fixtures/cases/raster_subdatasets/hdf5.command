HDF5:"cube.h5"://bands/image
-m
largest_of_3.onnx
