/**
 * The Python wheels that carry libtensorflow with its C API and headers, each pinned by version and SHA-256.
 * `keep` says which files of a wheel are unpacked and where they go: a file whose name begins with the key
 * goes under the value.
 */
const headers = {
  'tensorflow/include/LICENSE': 'LICENSE.tensorflow',
  'tensorflow/THIRD_PARTY_NOTICES.txt': 'THIRD_PARTY_NOTICES.tensorflow.txt',
  'tensorflow/include/tensorflow/c/': 'include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring': 'include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring': 'include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/': 'include/xla/tsl/c/',
};
const libraries = {
  'tensorflow/libtensorflow_cc.so.2': 'lib/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2': 'lib/libtensorflow_framework.so.2',
};
const tensorflow = { ...headers, ...libraries };
/** libtensorflow looks for CUDA in `$ORIGIN/../nvidia`, so NVIDIA's wheels keep their own layout. */
const nvidia = { 'nvidia/': 'nvidia/' };

export const tensorflowVersion = '2.21.0';

/** What runs on the processor alone, by `process.platform-process.arch`. */
export const processorWheels = {
  'linux-x64': {
    name: 'the processor',
    platform: 'x86_64',
    megabytes: 274,
    unpackedMegabytes: 860,
    wheels: [
      {
        requirement: 'tensorflow-cpu==2.21.0',
        sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
        keep: tensorflow,
      },
    ],
  },
  'linux-arm64': {
    name: 'the processor',
    platform: 'aarch64',
    megabytes: 270,
    unpackedMegabytes: 1200,
    wheels: [
      {
        requirement: 'tensorflow==2.21.0',
        sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
        keep: tensorflow,
      },
    ],
  },
};

/** What runs on an NVIDIA card too: CUDA 12 and cuDNN 9 as the extra `and-cuda` of TensorFlow 2.21.0 asks for them. */
export const cudaWheels = {
  'linux-x64': {
    name: 'NVIDIA cards',
    platform: 'x86_64',
    megabytes: 3380,
    unpackedMegabytes: 5600,
    wheels: [
      {
        requirement: 'tensorflow==2.21.0',
        sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
        keep: tensorflow,
      },
      {
        requirement: 'nvidia-cublas-cu12==12.9.3.13',
        sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cuda-cupti-cu12==12.8.90',
        sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cuda-nvcc-cu12==12.9.86',
        sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cuda-nvrtc-cu12==12.9.86',
        sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cuda-runtime-cu12==12.9.79',
        sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cudnn-cu12==9.28.0.42',
        sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cufft-cu12==11.4.1.4',
        sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-curand-cu12==10.3.10.19',
        sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cusolver-cu12==11.7.5.82',
        sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-cusparse-cu12==12.5.10.65',
        sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-nccl-cu12==2.32.3',
        sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
        keep: nvidia,
      },
      {
        requirement: 'nvidia-nvjitlink-cu12==12.9.86',
        sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
        keep: nvidia,
      },
    ],
  },
};
