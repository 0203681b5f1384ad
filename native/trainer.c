/*
 * Trains a small neural network of four fully connected layers by stochastic gradient descent: mini-batches of a data set in memory,
 * gradients accumulated over four of them, then a step of Adam. Activations and gradients are written all the time, the weights
 * and Adam's two moments only in the step.
 */
#include <math.h>

#include "worker.h"

enum { LAYERS = 4, INPUTS = 512, CLASSES = 16, BATCH = 8, ACCUMULATE = 4, BLOCK = 16 };

enum stage { FORWARD, BACKWARD, ADAM };

/* Row o of the weights gives output o; every array has the shape of the weights. */
struct layer {
    size_t inputs, outputs;
    float *weights, *gradients, *first, *second;
};

static struct { struct guarded data, weights, gradients, first, second, activations, deltas; } guards;
static struct layer layers[LAYERS];
static float *data, *activations[LAYERS + 1], *deltas[LAYERS + 1];
static size_t examples, parameters, neurons;
static enum stage stage;
static size_t layer_index, row;
static uint64_t batches, steps;
static double loss, batch_loss;

static float noise(uint64_t number)
{
    return (float)((double)(mix(worker->seed ^ number) >> 11) / (double)(1ULL << 52) - 1);
}

static void make_layers(size_t hidden)
{
    size_t sizes[LAYERS + 1] = { INPUTS, hidden, hidden, hidden / 2, CLASSES };
    parameters = 0, neurons = INPUTS;
    for (size_t l = 0; l < LAYERS; l++) {
        layers[l].inputs = sizes[l], layers[l].outputs = sizes[l + 1];
        parameters += sizes[l] * sizes[l + 1];
        neurons += sizes[l + 1];
    }
}

static void prepare(void)
{
    size_t bytes = (size_t)worker->mebibytes << 20, hidden = 2 * BLOCK;
    /* A fifth of the memory for the data set, the rest for four arrays of the network's size. */
    examples = bytes / 5 / (INPUTS * sizeof *data);
    do {
        hidden += 2 * BLOCK;
        make_layers(hidden + 2 * BLOCK);
    } while (4 * sizeof(float) * parameters < bytes - bytes / 5);
    make_layers(hidden);

    data = guarded_create(&guards.data, "the data set", examples * INPUTS * sizeof *data);
    for (size_t i = 0; i < examples * INPUTS; i++)
        data[i] = noise(i);
    guarded_seal(&guards.data, data, examples * INPUTS * sizeof *data);
    float *weights = guarded_create(&guards.weights, "the weights", parameters * sizeof(float));
    float *gradients = guarded_create(&guards.gradients, "the gradients", parameters * sizeof(float));
    float *first = guarded_create(&guards.first, "the first moments", parameters * sizeof(float));
    float *second = guarded_create(&guards.second, "the second moments", parameters * sizeof(float));
    float *activation = guarded_create(&guards.activations, "the activations", BATCH * neurons * sizeof(float));
    float *delta = guarded_create(&guards.deltas, "the deltas", BATCH * neurons * sizeof(float));
    /* All of it is written once, as frameworks do when they make tensors of zeros. */
    memset(gradients, 0, parameters * sizeof(float)), memset(first, 0, parameters * sizeof(float)), memset(second, 0, parameters * sizeof(float));
    memset(activation, 0, BATCH * neurons * sizeof(float)), memset(delta, 0, BATCH * neurons * sizeof(float));
    size_t at = 0;
    for (size_t l = 0; l < LAYERS; l++) {
        struct layer *layer = &layers[l];
        layer->weights = weights + at, layer->gradients = gradients + at, layer->first = first + at, layer->second = second + at;
        float spread = sqrtf(6.0f / (float)layer->inputs);
        for (size_t i = 0; i < layer->inputs * layer->outputs; i++)
            layer->weights[i] = spread * noise(~(at + i));
        at += layer->inputs * layer->outputs;
    }
    guarded_seal(&guards.weights, weights, parameters * sizeof(float));
    for (size_t l = 0; l <= LAYERS; l++) {
        activations[l] = activation, deltas[l] = delta;
        size_t width = l < LAYERS ? layers[l].inputs : CLASSES;
        activation += BATCH * width, delta += BATCH * width;
    }
}

/* Examples in a random order; the label follows from the example alone. */
static uint64_t example_of(size_t place)
{
    return mix(worker->seed + batches * BATCH + place) % examples;
}

static void load_batch(void)
{
    for (size_t b = 0; b < BATCH; b++)
        memcpy(activations[0] + b * INPUTS, data + example_of(b) * INPUTS, INPUTS * sizeof(float));
    guarded_seal(&guards.activations, activations[0], BATCH * INPUTS * sizeof(float));
}

static void forward(const struct layer *layer, size_t end)
{
    for (size_t b = 0; b < BATCH; b++) {
        const float *in = activations[layer_index] + b * layer->inputs;
        float *out = activations[layer_index + 1] + b * layer->outputs;
        for (size_t o = row; o < end; o++) {
            const float *weights = layer->weights + o * layer->inputs;
            float sum[4] = { 0 };
            for (size_t i = 0; i < layer->inputs; i += 4)
                for (size_t k = 0; k < 4; k++)
                    sum[k] += weights[i + k] * in[i + k];
            float value = sum[0] + sum[1] + sum[2] + sum[3];
            out[o] = value > 0 || layer_index == LAYERS - 1 ? value : 0;
        }
        guarded_seal(&guards.activations, out + row, (end - row) * sizeof(float));
    }
}

/* Softmax and cross entropy; leaves the error of the outputs. */
static void take_loss(void)
{
    batch_loss = 0;
    for (size_t b = 0; b < BATCH; b++) {
        const float *out = activations[LAYERS] + b * CLASSES;
        float *delta = deltas[LAYERS] + b * CLASSES, most = out[0], sum = 0;
        size_t label = mix(example_of(b)) % CLASSES;
        for (size_t o = 1; o < CLASSES; o++)
            most = fmaxf(most, out[o]);
        for (size_t o = 0; o < CLASSES; o++)
            sum += delta[o] = expf(out[o] - most);
        for (size_t o = 0; o < CLASSES; o++)
            delta[o] = (delta[o] / sum - (o == label)) / (BATCH * ACCUMULATE);
        batch_loss -= (double)(out[label] - most - logf(sum)) / BATCH;
    }
    guarded_seal(&guards.deltas, deltas[LAYERS], BATCH * CLASSES * sizeof(float));
    loss = loss == 0 ? batch_loss : 0.98 * loss + 0.02 * batch_loss;
}

static void backward(struct layer *layer, size_t end)
{
    float *down = deltas[layer_index];
    if (row == 0)
        memset(down, 0, BATCH * layer->inputs * sizeof(float));
    for (size_t o = row; o < end; o++) {
        float *gradients = layer->gradients + o * layer->inputs;
        const float *weights = layer->weights + o * layer->inputs;
        for (size_t b = 0; b < BATCH; b++) {
            const float error = deltas[layer_index + 1][b * layer->outputs + o], *in = activations[layer_index] + b * layer->inputs;
            float *below = down + b * layer->inputs;
            for (size_t i = 0; i < layer->inputs; i++)
                gradients[i] += error * in[i], below[i] += error * weights[i];
        }
    }
    if (end == layer->outputs) {
        for (size_t i = 0; i < BATCH * layer->inputs; i++)
            down[i] = activations[layer_index][i] > 0 ? down[i] : 0;
    }
    guarded_seal(&guards.gradients, layer->gradients + row * layer->inputs, (end - row) * layer->inputs * sizeof(float));
    guarded_seal(&guards.deltas, down, BATCH * layer->inputs * sizeof(float));
}

static void adam(struct layer *layer, size_t end)
{
    const float rate = 2e-4f, keep_first = 0.9f, keep_second = 0.999f;
    float first_scale = 1 - powf(keep_first, (float)steps + 1), second_scale = 1 - powf(keep_second, (float)steps + 1);
    size_t from = row * layer->inputs, bytes = (end - row) * layer->inputs * sizeof(float);
    for (size_t i = from; i < end * layer->inputs; i++) {
        float gradient = layer->gradients[i];
        layer->first[i] = keep_first * layer->first[i] + (1 - keep_first) * gradient;
        layer->second[i] = keep_second * layer->second[i] + (1 - keep_second) * gradient * gradient;
        layer->weights[i] -= rate * (layer->first[i] / first_scale) / (sqrtf(layer->second[i] / second_scale) + 1e-8f);
        layer->gradients[i] = 0;
    }
    guarded_seal(&guards.first, layer->first + from, bytes);
    guarded_seal(&guards.second, layer->second + from, bytes);
    guarded_seal(&guards.weights, layer->weights + from, bytes);
    guarded_seal(&guards.gradients, layer->gradients + from, bytes);
}

static void end_layer(void)
{
    row = 0;
    if (stage == FORWARD) {
        if (++layer_index < LAYERS)
            return;
        take_loss();
        layer_index = LAYERS - 1, stage = BACKWARD;
    } else if (stage == BACKWARD) {
        if (layer_index-- > 0)
            return;
        layer_index = 0;
        stage = ++batches % ACCUMULATE == 0 ? ADAM : FORWARD;
    } else if (++layer_index == LAYERS) {
        steps++, layer_index = 0, stage = FORWARD;
    }
}

/* One unit: a block of the outputs of a layer. */
static void work(void)
{
    struct layer *layer = &layers[layer_index];
    size_t end = row + BLOCK;
    if (stage == FORWARD && layer_index == 0 && row == 0)
        load_batch();
    switch (stage) {
    case FORWARD: forward(layer, end); break;
    case BACKWARD: backward(layer, end); break;
    case ADAM: adam(layer, end); break;
    }
    row = end;
    if (row == layer->outputs)
        end_layer();
}

static int report(char *text, size_t size)
{
    snprintf(text, size, " batches=%" PRIu64 " steps=%" PRIu64 " parameters=%zu loss=%.4f", batches, steps, parameters, loss);
    return isfinite(loss);
}

int main(int argc, char **argv)
{
    static struct worker trainer = {
        .name = "trainer", .summary = "Trains a small neural network: four layers, mini-batches, accumulated gradients, Adam.",
        .unit = "blocks of 16 neurons", .endpoint = "127.0.0.1:7812", .mebibytes = 128, .rate = 700, .seed = 1,
        .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&trainer, argc, argv);
}
