namespace GenKernels.Autograd;

/// <summary>
/// An affine map of the plane, in pixels from the centre of the pictures, x to the right and y downwards: (x, y) to (XX
/// x + XY y + X, YX x + YY y + Y).
/// </summary>
/// <param name="XX">Factor of x in the new x.</param>
/// <param name="XY">Factor of y in the new x.</param>
/// <param name="X">Offset of x.</param>
/// <param name="YX">Factor of x in the new y.</param>
/// <param name="YY">Factor of y in the new y.</param>
/// <param name="Y">Offset of y.</param>
public readonly record struct PlaneMap(double XX, double XY, double X, double YX, double YY, double Y)
{
    /// <summary>The identity.</summary>
    public static PlaneMap Identity => Stretch(1, 1);

    /// <summary>The composition: applies the second map, then the first.</summary>
    public static PlaneMap operator *(PlaneMap first, PlaneMap second) => new(
        (first.XX * second.XX) + (first.XY * second.YX), (first.XX * second.XY) + (first.XY * second.YY),
        (first.XX * second.X) + (first.XY * second.Y) + first.X,
        (first.YX * second.XX) + (first.YY * second.YX), (first.YX * second.XY) + (first.YY * second.YY),
        (first.YX * second.X) + (first.YY * second.Y) + first.Y);

    /// <param name="x">To the right, in pixels.</param>
    /// <param name="y">Downwards, in pixels.</param>
    public static PlaneMap Move(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <param name="x">Factor of x.</param>
    /// <param name="y">Factor of y.</param>
    public static PlaneMap Stretch(double x, double y) => new(x, 0, 0, 0, y, 0);

    /// <param name="angle">In radians, from x towards y.</param>
    public static PlaneMap Turn(double angle)
    {
        (double sine, double cosine) = Math.SinCos(angle);
        return new(cosine, -sine, 0, sine, cosine, 0);
    }

    /// <returns>The image of a point.</returns>
    public (double X, double Y) Of(double x, double y) => ((XX * x) + (XY * y) + X, (YX * x) + (YY * y) + Y);
}
