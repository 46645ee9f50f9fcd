/// What the layers of the suite's cases are: one configuration for each case of a class, in order. The suite holds inputs, weights
/// and results; these are the parameters that give the results, found by trying.
let layerSuiteConfigurations: [String: [String]] = [
  "Activation": [
    #"{"activation":"softmax"}"#, #"{"activation":"elu"}"#, #"{"activation":"selu"}"#, #"{"activation":"softplus"}"#,
    #"{"activation":"softsign"}"#, #"{"activation":"relu"}"#, #"{"activation":"tanh"}"#,
    #"{"activation":"sigmoid"}"#, #"{"activation":"hard_sigmoid"}"#, #"{"activation":"linear"}"#,
  ],
  "Add": ["{}", "{}", "{}"],
  "Average": ["{}", "{}", "{}"],
  "AveragePooling1D": [
    #"{"pool_size":2}"#, #"{"pool_size":2,"strides":1}"#, #"{"pool_size":[2],"strides":[3]}"#,
    #"{"pool_size":2,"padding":"same"}"#, #"{"pool_size":2,"strides":1,"padding":"same"}"#,
    #"{"pool_size":2,"strides":3,"padding":"same"}"#, #"{"pool_size":3}"#,
    #"{"pool_size":3,"strides":1,"padding":"same"}"#, #"{"pool_size":3,"strides":3,"padding":"same"}"#,
  ],
  "BatchNormalization": [
    #"{"epsilon":1e-05}"#, #"{"epsilon":0.01}"#, #"{"axis":1,"epsilon":1e-05}"#, #"{"axis":2,"epsilon":1e-05}"#,
    #"{"epsilon":1e-05,"scale":false}"#, #"{"epsilon":1e-05,"center":false}"#, #"{"center":false,"scale":false}"#,
  ],
  "Concatenate": [
    #"{"axis":-1}"#, #"{"axis":-1}"#, #"{"axis":-2}"#, #"{"axis":1}"#, #"{"axis":2}"#, #"{"axis":2}"#,
    #"{"axis":-1}"#,
  ],
  "Conv1D": [
    #"{"filters":4,"kernel_size":3}"#, #"{"filters":4,"kernel_size":[3],"use_bias":false}"#,
    #"{"filters":2,"kernel_size":3,"strides":2,"padding":"same","activation":"sigmoid"}"#,
    #"{"filters":2,"kernel_size":[7],"padding":"same","activation":"tanh"}"#,
    #"{"filters":2,"kernel_size":7,"padding":"same","dilation_rate":[2],"activation":"tanh"}"#,
  ],
  "Conv2D": [
    #"{"filters":4,"kernel_size":3}"#, #"{"filters":4,"kernel_size":3,"use_bias":false}"#,
    #"{"filters":4,"kernel_size":3,"strides":2,"activation":"relu"}"#,
    #"{"filters":5,"kernel_size":4,"strides":[2,1],"activation":"relu"}"#,
    #"{"filters":4,"kernel_size":3,"padding":"same","activation":"relu"}"#,
    #"{"filters":4,"kernel_size":3,"strides":2,"padding":"same","activation":"relu"}"#,
    #"{"filters":4,"kernel_size":3,"strides":[3,2],"padding":"same","activation":"relu"}"#,
    #"{"filters":4,"kernel_size":3,"dilation_rate":2}"#,
    #"{"filters":4,"kernel_size":3,"dilation_rate":2,"use_bias":false}"#,
    #"{"filters":4,"kernel_size":3,"dilation_rate":3,"activation":"relu"}"#,
    #"{"filters":3,"kernel_size":4,"padding":"same","dilation_rate":2,"activation":"relu"}"#,
    #"{"filters":4,"kernel_size":3,"padding":"same","dilation_rate":4,"activation":"relu"}"#,
  ],
  "Cropping1D": [
    #"{"cropping":1}"#, #"{"cropping":[2,3]}"#, #"{"cropping":2}"#,
  ],
  "Cropping2D": [
    #"{"cropping":1}"#, #"{"cropping":1,"data_format":"channels_first"}"#, #"{"cropping":[[4,2],[3,1]]}"#,
    #"{"cropping":[[4,2],[3,1]],"data_format":"channels_first"}"#, #"{"cropping":[2,3]}"#, #"{"cropping":[1,1]}"#,
  ],
  "Dense": [
    #"{"units":2,"activation":"linear","use_bias":true}"#, #"{"units":2,"activation":"sigmoid","use_bias":true}"#,
    #"{"units":2,"activation":"softplus","use_bias":false}"#, #"{"units":2,"activation":"linear","use_bias":true}"#,
    #"{"units":2,"activation":"sigmoid","use_bias":true}"#, #"{"units":2,"activation":"softplus","use_bias":false}"#,
  ],
  "Dot": [
    #"{"axes":1}"#, #"{"axes":2}"#, #"{"axes":1,"normalize":true}"#, #"{"axes":[2,2],"normalize":true}"#,
    #"{"axes":-1,"normalize":true}"#,
  ],
  "Dropout": [
    #"{"rate":0.3}"#
  ],
  "ELU": [
    #"{"alpha":1.1}"#
  ],
  "Embedding": [
    #"{"input_dim":5,"output_dim":3}"#, #"{"input_dim":20,"output_dim":5}"#, #"{"input_dim":33,"output_dim":2}"#,
  ],
  "Flatten": ["{}", "{}", "{}"],
  "GaussianDropout": [
    #"{"rate":0.3}"#
  ],
  "GaussianNoise": [
    #"{"stddev":0.3}"#
  ],
  "GlobalAveragePooling1D": ["{}", "{}", "{}"],
  "GlobalMaxPooling1D": ["{}", "{}", "{}"],
  "GlobalMaxPooling2D": [
    #"{}"#, #"{"data_format":"channels_first"}"#, #"{}"#,
  ],
  "LeakyReLU": [
    #"{"alpha":0.4}"#
  ],
  "MaxPooling1D": [
    #"{"pool_size":2}"#, #"{"pool_size":2,"strides":1}"#, #"{"pool_size":[2],"strides":[3]}"#,
    #"{"pool_size":2,"padding":"same"}"#, #"{"pool_size":2,"strides":1,"padding":"same"}"#,
    #"{"pool_size":2,"strides":3,"padding":"same"}"#, #"{"pool_size":3}"#,
    #"{"pool_size":3,"strides":1,"padding":"same"}"#, #"{"pool_size":3,"strides":3,"padding":"same"}"#,
  ],
  "MaxPooling2D": [
    #"{"pool_size":2}"#, #"{"pool_size":2,"strides":1}"#, #"{"pool_size":2,"strides":[2,1]}"#, #"{"pool_size":3}"#,
    #"{"pool_size":3,"strides":3}"#, #"{"pool_size":2,"padding":"same"}"#,
    #"{"pool_size":2,"strides":1,"padding":"same"}"#, #"{"pool_size":2,"strides":[2,1],"padding":"same"}"#,
    #"{"pool_size":3,"padding":"same"}"#, #"{"pool_size":3,"strides":3,"padding":"same"}"#,
    #"{"pool_size":3,"strides":2,"data_format":"channels_first"}"#,
    #"{"pool_size":3,"strides":1,"padding":"same","data_format":"channels_first"}"#,
    #"{"pool_size":2,"padding":"same","data_format":"channels_first"}"#,
  ],
  "Maximum": ["{}", "{}", "{}"],
  "Minimum": ["{}", "{}", "{}"],
  "Multiply": ["{}", "{}", "{}"],
  "PReLU": ["{}"],
  "Permute": [
    #"{"dims":[2,1]}"#, #"{"dims":[3,2,1]}"#, #"{"dims":[2,1,3]}"#, #"{"dims":[3,1,2,4]}"#,
  ],
  "RepeatVector": [
    #"{"n":7}"#
  ],
  "Reshape": [
    #"{"target_shape":[2,3]}"#, #"{"target_shape":[6]}"#, #"{"target_shape":[4,3]}"#,
  ],
  "Subtract": ["{}"],
  "ThresholdedReLU": [
    #"{"theta":0.9}"#
  ],
  "TimeDistributed": [
    #"{"layer":{"class_name":"Dense","config":{"name":"inner","units":4}}}"#,
    #"{"layer":{"class_name":"Conv2D","config":{"name":"inner","filters":6,"kernel_size":3}}}"#,
  ],
  "UpSampling1D": [
    #"{"size":2}"#, #"{"size":3}"#,
  ],
  "UpSampling2D": [
    #"{"size":2}"#, #"{"size":2,"data_format":"channels_first"}"#, #"{"size":[3,2]}"#,
    #"{"size":[1,3],"data_format":"channels_first"}"#, #"{"size":2}"#,
  ],
  "ZeroPadding1D": [
    #"{"padding":1}"#, #"{"padding":3}"#, #"{"padding":[3,2]}"#,
  ],
  "ZeroPadding2D": [
    #"{"padding":1}"#, #"{"padding":1,"data_format":"channels_first"}"#, #"{"padding":[3,2]}"#,
    #"{"padding":[3,2],"data_format":"channels_first"}"#, #"{"padding":[[1,2],[3,4]]}"#, #"{"padding":2}"#,
  ],
]
