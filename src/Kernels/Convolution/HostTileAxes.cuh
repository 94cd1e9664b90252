// HostTileAxes: the Winograd (Toom-Cook) transforms along one axis, for 3 taps and a tile of 3, 4 or 5 outputs. Taps
// and gradients are coefficients of polynomials, whose product is determined by its values at as many points as it has
// coefficients:
//   TransformData   a patch of inputs to its value at every point, times N (B' d)
//   Evaluate   a polynomial at every point (A y; G g is that divided by N)
//   Gather     the adjoint of Evaluate (A' m; G' u is that of u divided by N)
//   Divide     by N, every point's Lagrange denominator
// Elements lie `step` apart. The points are 0, opposite pairs, which share sums and differences, and infinity, which
// comes last. They are chosen for a small error: the usual points 1, -1 and 2 (and -2) have more than twice as much.
// Sums of 512 * 9 products of floats are off by 1e-6 of their root mean square in tiles of 3 x 4 outputs, by 1.7e-6 in
// those of 5 x 4.
//
// Source   Toom 1963 and Cook 1966; Lavin and Gray 2016, Fast Algorithms for Convolutional Neural Networks, section 4
#pragma once
#include "Convolution/HostVector.cuh"

// The points 0, P, -P, Q and infinity.
struct ThreeOutputs {
    static constexpr int Outputs = 3;
    static constexpr Scalar P = 0.75, Q = 2, PP = P * P;

    static MEMBER void TransformData(const Vector* d, int step, Vector* to)
    {
        const Vector first = d[step] - Q * d[0], odd = d[2 * step] - Q * d[step];
        const Vector even = d[3 * step] - Q * d[2 * step], last = d[4 * step] - Q * d[3 * step];
        to[0] = even - PP * first;
        to[step] = even + P * odd;
        to[2 * step] = even - P * odd;
        to[3 * step] = d[3 * step] - PP * d[step];
        to[4 * step] = last - PP * odd;
    }

    static MEMBER void Evaluate(const Vector* v, int step, Vector* to, int toStep)
    {
        const Vector even = v[0] + PP * v[2 * step];
        to[0] = v[0];
        to[toStep] = even + P * v[step];
        to[2 * toStep] = even - P * v[step];
        to[3 * toStep] = v[0] + Q * (v[step] + Q * v[2 * step]);
        to[4 * toStep] = v[2 * step];
    }

    static MEMBER void Gather(const Vector* m, int step, Vector* to, int toStep)
    {
        const Vector sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
        to[0] = m[0] + sum + m[3 * step];
        to[toStep] = P * difference + Q * m[3 * step];
        to[2 * toStep] = PP * sum + Q * Q * m[3 * step] + m[4 * step];
    }

    static MEMBER void Divide(Vector* m, int step)
    {
        m[0] *= 1 / (PP * Q);
        m[step] *= 1 / (2 * PP * (P - Q));
        m[2 * step] *= -1 / (2 * PP * (P + Q));
        m[3 * step] *= 1 / (Q * (Q * Q - PP));
    }
};

// The points 0, P, -P, Q, -Q and infinity. A polynomial has Count coefficients: 3 for taps, 4 for outputs.
struct FourOutputs {
    static constexpr int Outputs = 4;
    static constexpr Scalar P = 0.75, Q = 1.5, PP = P * P, QQ = Q * Q;

    static MEMBER void TransformData(const Vector* d, int step, Vector* to)
    {
        const Vector first = d[2 * step] - QQ * d[0], last = d[5 * step] - QQ * d[3 * step];
        const Vector evenP = d[4 * step] - QQ * d[2 * step], oddP = d[3 * step] - QQ * d[step];
        const Vector evenQ = d[4 * step] - PP * d[2 * step], oddQ = d[3 * step] - PP * d[step];
        to[0] = evenP - PP * first;
        to[step] = evenP + P * oddP;
        to[2 * step] = evenP - P * oddP;
        to[3 * step] = evenQ + Q * oddQ;
        to[4 * step] = evenQ - Q * oddQ;
        to[5 * step] = last - PP * oddP;
    }

    template <int Count> static MEMBER void Evaluate(const Vector* v, int step, Vector* to, int toStep)
    {
        const Vector evenP = v[0] + PP * v[2 * step], evenQ = v[0] + QQ * v[2 * step];
        const Vector oddP = Count > 3 ? v[step] + PP * v[3 * step] : v[step];
        const Vector oddQ = Count > 3 ? v[step] + QQ * v[3 * step] : v[step];
        to[0] = v[0];
        to[toStep] = evenP + P * oddP;
        to[2 * toStep] = evenP - P * oddP;
        to[3 * toStep] = evenQ + Q * oddQ;
        to[4 * toStep] = evenQ - Q * oddQ;
        to[5 * toStep] = v[(Count - 1) * step];
    }

    template <int Count> static MEMBER void Gather(const Vector* m, int step, Vector* to, int toStep)
    {
        const Vector sumP = m[step] + m[2 * step], differenceP = P * (m[step] - m[2 * step]);
        const Vector sumQ = m[3 * step] + m[4 * step], differenceQ = Q * (m[3 * step] - m[4 * step]);
        to[0] = m[0] + sumP + sumQ;
        to[toStep] = differenceP + differenceQ;
        to[2 * toStep] = PP * sumP + QQ * sumQ;
        if (Count > 3) to[3 * toStep] = PP * differenceP + QQ * differenceQ;
        to[(Count - 1) * toStep] += m[5 * step];
    }

    static MEMBER void Divide(Vector* m, int step)
    {
        m[0] *= 1 / (PP * QQ);
        m[step] *= 1 / (2 * PP * (PP - QQ));
        m[2 * step] *= 1 / (2 * PP * (PP - QQ));
        m[3 * step] *= 1 / (2 * QQ * (QQ - PP));
        m[4 * step] *= 1 / (2 * QQ * (QQ - PP));
    }
};

// The points P, -P, Q, -Q, R, -R and infinity. Evaluate takes the 3 coefficients of taps, Gather gives 5 outputs: not
// for weight gradients.
struct FiveOutputs {
    static constexpr int Outputs = 5;
    static constexpr Scalar P = 0.3125, Q = 0.8125, R = 1.75, PP = P * P, QQ = Q * Q, RR = R * R;

    // The values at the points A and -A; BB and CC are the squares of the other two pairs.
    static MEMBER void Pair(const Vector* d, int step, Scalar A, Scalar BB, Scalar CC, Vector* to)
    {
        const Vector even = d[4 * step] - (BB + CC) * d[2 * step] + BB * CC * d[0];
        const Vector odd = d[5 * step] - (BB + CC) * d[3 * step] + BB * CC * d[step];
        to[0] = odd + A * even;
        to[step] = odd - A * even;
    }

    static MEMBER void TransformData(const Vector* d, int step, Vector* to)
    {
        Pair(d, step, P, QQ, RR, to);
        Pair(d, step, Q, PP, RR, to + 2 * step);
        Pair(d, step, R, PP, QQ, to + 4 * step);
        to[6 * step] = d[6 * step] - (PP + QQ + RR) * d[4 * step] + (PP * QQ + PP * RR + QQ * RR) * d[2 * step]
            - PP * QQ * RR * d[0];
    }

    static MEMBER void Evaluate(const Vector* v, int step, Vector* to, int toStep)
    {
        const Vector evenP = v[0] + PP * v[2 * step], evenQ = v[0] + QQ * v[2 * step];
        const Vector evenR = v[0] + RR * v[2 * step];
        to[0] = evenP + P * v[step];
        to[toStep] = evenP - P * v[step];
        to[2 * toStep] = evenQ + Q * v[step];
        to[3 * toStep] = evenQ - Q * v[step];
        to[4 * toStep] = evenR + R * v[step];
        to[5 * toStep] = evenR - R * v[step];
        to[6 * toStep] = v[2 * step];
    }

    static MEMBER void Gather(const Vector* m, int step, Vector* to, int toStep)
    {
        const Vector sumP = m[0] + m[step], differenceP = P * (m[0] - m[step]);
        const Vector sumQ = m[2 * step] + m[3 * step], differenceQ = Q * (m[2 * step] - m[3 * step]);
        const Vector sumR = m[4 * step] + m[5 * step], differenceR = R * (m[4 * step] - m[5 * step]);
        to[0] = sumP + sumQ + sumR;
        to[toStep] = differenceP + differenceQ + differenceR;
        to[2 * toStep] = PP * sumP + QQ * sumQ + RR * sumR;
        to[3 * toStep] = PP * differenceP + QQ * differenceQ + RR * differenceR;
        to[4 * toStep] = PP * PP * sumP + QQ * QQ * sumQ + RR * RR * sumR + m[6 * step];
    }

    static MEMBER void Divide(Vector* m, int step)
    {
        const Scalar byP = 1 / (2 * P * (PP - QQ) * (PP - RR)), byQ = 1 / (2 * Q * (QQ - PP) * (QQ - RR));
        const Scalar byR = 1 / (2 * R * (RR - PP) * (RR - QQ));
        m[0] *= byP;
        m[step] *= -byP;
        m[2 * step] *= byQ;
        m[3 * step] *= -byQ;
        m[4 * step] *= byR;
        m[5 * step] *= -byR;
    }
};
