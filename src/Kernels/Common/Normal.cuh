// Normal: the density of the standard normal distribution and its integral, which share one exponential.
//
// In float, the integral is accurate to a few ULP on both sides of 0; in the tail, only as accurate as the exponential,
// whose argument is rounded. The tail is computed directly, never as 1 less something near 1. With t = |z| / sqrt(2):
// erfc(t) = e^(-t^2) s P(1 - 6 s), s = 1 / (t + 3); P is a near-minimax fit for t <= 11, beyond which the exponential
// vanishes.
#pragma once

template <typename T> struct Normal {
    T density;   // e^(-z^2 / 2) / sqrt(2 pi)
    T integral;  // of the density from minus infinity to z
};

DEVICE Normal<float> NormalAt(float z)
{
    const float exponential = Exp(-0.5f * z * z);
    const float s = 1.0f / (Absolute(z) * 0.707106781f + 3.0f);
    const float q = 1.0f - 6.0f * s;
    float p = -0.000331862821f * q - 0.00049362845f;
    p = p * q + 0.00308217092f;
    p = p * q - 0.00121794866f;
    p = p * q - 0.0268387951f;
    p = p * q + 0.119526904f;
    p = p * q - 0.310466335f;
    p = p * q + 0.590228481f;
    p = p * q - 0.88339447f;
    p = p * q + 1.07400691f;
    const float tail = 0.5f * exponential * s * p;
    return {0.39894228f * exponential, z < 0 ? tail : 1.0f - tail};
}

DEVICE Normal<double> NormalAt(double z)
{
    return {0.3989422804014327 * Exp(-0.5 * z * z), 0.5 * ComplementaryError(-0.7071067811865476 * z)};
}
