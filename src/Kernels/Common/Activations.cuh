// Activations: the functions of BiasActivation and their derivatives up to the third, in z and, where there is one, the
// slope below zero. The template argument is the order of the derivative.
#pragma once
#include "Common/Normal.cuh"  // NormalAt

template <int order> DEVICE Accumulator Linear(Accumulator z, Accumulator)
{
    return order == 0 ? z : Accumulator(order == 1);
}

template <int order> DEVICE Accumulator LeakyRelu(Accumulator z, Accumulator slope)
{
    const Accumulator derivative = z > 0 ? Accumulator(1) : slope;
    return order == 0 ? derivative * z : order == 1 ? derivative : Accumulator(0);
}

template <int order> DEVICE Accumulator Relu(Accumulator z, Accumulator)
{
    if (order == 0) return z < 0 ? Accumulator(0) : z;  // a product with 0 would make minus infinity a NaN
    return LeakyRelu<order>(z, 0);
}

template <int order> DEVICE Accumulator HyperbolicTangent(Accumulator z, Accumulator)
{
    const Accumulator t = Tanh(z);
    const Accumulator first = 1 - t * t;
    return order == 0 ? t : order == 1 ? first : order == 2 ? -2 * t * first : (6 * t * t - 2) * first;
}

template <int order> DEVICE Accumulator Sigmoid(Accumulator z, Accumulator)
{
    const Accumulator s = ::Sigmoid(z);
    const Accumulator first = s * (1 - s);
    return order == 0 ? s : order == 1 ? first : order == 2 ? first * (1 - 2 * s) : first * (1 - 6 * first);
}

template <int order> DEVICE Accumulator Elu(Accumulator z, Accumulator)
{
    if (z > 0) return order == 0 ? z : Accumulator(order == 1);
    return order == 0 ? ExpMinusOne(z) : Exp(z);
}

template <int order> DEVICE Accumulator Selu(Accumulator z, Accumulator)
{
    constexpr double scale = 1.0507009873554804934193349852946;
    constexpr double alpha = 1.6732632423543772848170429916717;
    return Accumulator(scale) * (z > 0 ? Elu<order>(z, 0) : Accumulator(alpha) * Elu<order>(z, 0));
}

template <int order> DEVICE Accumulator Softplus(Accumulator z, Accumulator)
{
    if (order == 0) return (z > 0 ? z : 0) + LogOnePlus(Exp(-Absolute(z)));
    const Accumulator s = ::Sigmoid(z);
    const Accumulator second = s * (1 - s);
    return order == 1 ? s : order == 2 ? second : second * (1 - 2 * s);
}

template <int order> DEVICE Accumulator Swish(Accumulator z, Accumulator)
{
    const Accumulator s = ::Sigmoid(z);
    const Accumulator slope = s * (1 - s);
    const Accumulator tilt = 1 - 2 * s;
    return order == 0   ? z * s
           : order == 1 ? s + z * slope
           : order == 2 ? slope * (2 + z * tilt)
                        : slope * (tilt * (3 + z * tilt) - 2 * z * slope);
}

// z sigma(k z) = swish(k z) / k: each derivative gains a factor k.
template <int order> DEVICE Accumulator QuickGelu(Accumulator z, Accumulator)
{
    const Accumulator k = Accumulator(1.702);
    const Accumulator factor = order == 0 ? 1 / k : order == 1 ? Accumulator(1) : order == 2 ? k : k * k;
    return factor * Swish<order>(k * z, 0);
}

template <int order> DEVICE Accumulator Gelu(Accumulator z, Accumulator)
{
    const Normal<Accumulator> at = NormalAt(z);
    return order == 0   ? z * at.integral
           : order == 1 ? at.integral + z * at.density
           : order == 2 ? (2 - z * z) * at.density
                        : (z * z - 4) * z * at.density;
}
