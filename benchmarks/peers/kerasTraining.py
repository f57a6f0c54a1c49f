"""The classifier as a Keras model in graph mode, trained one line of standard input (a number of steps) at a time.

Argument: a folder with setup.json (configuration, optimizer, dropout rates, names and shapes of the weights), weights.f32,
x.f32 and y.f32. Prints a line of JSON about itself, with the losses of the first steps without dropout, and then the
seconds of every step asked for.
"""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

folder = sys.argv[1]
with open(os.path.join(folder, "setup.json")) as file:
    setup = json.load(file)
config, optimizer = setup["config"], setup["optimizer"]


def numbers(name):
    return np.fromfile(os.path.join(folder, name), dtype=np.float32)


class Straighten(layers.Layer):
    """Bilinear sampling at affinely moved positions, 0 beyond the map (Jaderberg et al. 2015), as one product."""

    def call(self, inputs):
        features, theta = inputs
        _, rows, columns, channels = features.shape
        across = ((2 * np.arange(columns) + 1) / columns - 1).astype(np.float32)
        down = ((2 * np.arange(rows) + 1) / rows - 1).astype(np.float32)
        pixels = rows * columns
        grid = np.stack([np.tile(across, rows), np.repeat(down, columns), np.ones(pixels, np.float32)])
        moved = ops.reshape(ops.matmul(ops.reshape(theta, (-1, 3)), grid), (-1, 2, pixels, 1))
        near_x = ops.relu(1 - ops.abs((moved[:, 0] - across) * (columns / 2)))
        near_y = ops.relu(1 - ops.abs((moved[:, 1] - down) * (rows / 2)))
        weights = ops.expand_dims(near_y, 3) * ops.expand_dims(near_x, 2)
        sampled = ops.matmul(
            ops.reshape(weights, (-1, pixels, pixels)), ops.reshape(features, (-1, pixels, channels))
        )
        return ops.reshape(sampled, (-1, rows, columns, channels))


def build(dropout):
    # Keras adds l2 * sum(kernel ** 2); ours is the gradient l2 * kernel.
    penalty = keras.regularizers.L2(optimizer["l2"] / 2)

    def conv_norm(x, name, size, outputs, stride, relu=True):
        name = name.replace("/", ".")
        x = layers.Conv2D(
            outputs, size, strides=stride, padding="same", use_bias=False, kernel_regularizer=penalty, name=name + ".conv"
        )(x)
        x = layers.BatchNormalization(momentum=0.98, epsilon=1e-3, name=name + ".norm")(x)
        return layers.ReLU()(x) if relu else x

    def dense(x, name, units, activation=None):
        return layers.Dense(units, activation=activation, kernel_regularizer=penalty, name=name.replace("/", "."))(x)

    side = config["inputSize"]
    channels, strides = config["channels"], config["strides"]
    picture = keras.Input((side, side, 1))
    x = conv_norm(picture, "conv1", 3, channels[0], strides[0])
    for i in range(len(channels) - 1):
        if i == config["transformerBefore"]:
            theta = conv_norm(x, "transformer/conv", 3, 32, 2)
            theta = dense(layers.Flatten()(theta), "transformer/units", 20, "tanh")
            x = Straighten()([x, dense(theta, "transformer/affine", 6)])
        block = f"block{i + 1}"
        branch = conv_norm(x, block + "/first", 3, channels[i + 1], strides[i + 1])
        branch = conv_norm(branch, block + "/second", 3, channels[i + 1], 1, relu=False)
        shortcut = conv_norm(x, block + "/shortcut", 1, channels[i + 1], strides[i + 1], relu=False)
        x = layers.ReLU()(layers.Add()([branch, shortcut]))
    hidden = dense(layers.GlobalAveragePooling2D()(x), "hidden", config["hidden"], "relu")
    model = keras.Model(picture, dense(layers.Dropout(dropout)(hidden), "output", 3))

    parts = {"kernel": "kernel", "bias": "bias", "scale": "gamma", "shift": "beta"}
    flat, at = numbers("weights.f32"), 0
    for one in setup["weights"]:
        layer, part = one["name"].rsplit("/", 1)
        kind = {"scale": ".norm", "shift": ".norm", "kernel": ".conv", "bias": ""}[part]
        known = {each.name for each in model.layers}
        name = layer.replace("/", ".")
        variable = getattr(model.get_layer(name + kind if name + kind in known else name), parts[part])
        count = int(np.prod(one["shape"]))
        variable.assign(flat[at : at + count].reshape(one["shape"]))
        at += count
    assert at == flat.size

    model.compile(
        optimizer=keras.optimizers.Nadam(
            optimizer["learningRate"],
            beta_1=optimizer["beta1"],
            beta_2=optimizer["beta2"],
            epsilon=optimizer["epsilon"],
            use_ema=True,
            ema_momentum=0.999,
        ),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    model.make_train_function()
    return model


side, batch = config["inputSize"], setup["batch"]
x = tf.constant(numbers("x.f32").reshape(batch, side, side, 1))
y = tf.constant(numbers("y.f32").reshape(batch, 3))
data = iter(tf.data.Dataset.from_tensors((x, y)).repeat())

model = build(0)
losses = []
for _ in range(setup["checked"]):
    predicted = model(x, training=True)
    losses.append(float(keras.losses.CategoricalCrossentropy(from_logits=True)(y, predicted)))
    model.train_function(data)

model = build(setup["dropout"])
model.train_function(data)
print(
    json.dumps(
        {
            "version": f"Keras {keras.__version__}, TensorFlow {tf.__version__}",
            "learned": sum(int(np.prod(v.shape)) for v in model.trainable_variables),
            "losses": losses,
        }
    ),
    flush=True,
)
for line in sys.stdin:
    seconds = []
    for _ in range(int(line)):
        start = time.perf_counter()
        model.train_function(data)
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds), flush=True)
