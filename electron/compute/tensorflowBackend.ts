/** What is used of the tfjs-node backend object, which reaches any TensorFlow kernel by name. */
import type * as tf from '@tensorflow/tfjs';

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean | readonly number[];
}

export interface TensorFlowBackend {
  readonly binding: {
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_SHAPE: number;
    readonly TF_FLOAT: number;
  };
  executeSingleOutput(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

/** Makers of the attributes of kernels. */
export interface AttributeMakers {
  /** All of Calcar's tensors are of 32-bit floats. */
  readonly float32: (name: string) => Attribute;
  readonly float: (name: string, value: number) => Attribute;
  readonly text: (name: string, value: string) => Attribute;
  readonly truth: (name: string, value: boolean) => Attribute;
  readonly shape: (name: string, value: readonly number[]) => Attribute;
}

export function attributesOf({ binding }: TensorFlowBackend): AttributeMakers {
  return {
    float32: (name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }),
    float: (name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    text: (name, value) => ({ name, type: binding.TF_ATTR_STRING, value }),
    truth: (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value }),
    shape: (name, value) => ({ name, type: binding.TF_ATTR_SHAPE, value }),
  };
}
