namespace GenKernels.Tests.Support;

/// <summary>
/// Tests that leak and tests that do not; they lack the test attribute, so that only <see cref="NoBufferLeftTests"/>
/// runs them.
/// </summary>
[NoBufferLeft]
internal sealed class PlantedLeaks
{
    private static readonly List<Tensor> s_left = [];
    private Tensor? _made;

    [SetUp]
    public void Make() => _made = New(TestDevices.Host);

    [TearDown]
    public void Remove() => _made?.Dispose();

    public static void LeavesABuffer() =>
        s_left.AddRange([New(TestDevices.Host), New(TestDevices.Simt), New(TestDevices.Host)]);

    public static void LeavesAView()
    {
        using Tensor whole = New(TestDevices.Host);
        s_left.Add(whole.Narrow(0, 1));
    }

    public static void FailsBeforeItDisposes()
    {
        s_left.Add(New(TestDevices.Host));
        Assert.Fail("the fault itself");
    }

    [LeavesBuffers("to show that it may")]
    public static void IsExcused() => s_left.Add(New(TestDevices.Host));

    public static void DisposesEverything()
    {
        using Tensor tensor = New(TestDevices.Host);
        using (TestDevices.Host.Scope()) New(TestDevices.Host);
    }

    public void DisposesWhatSetUpMade()
    {
        _made!.Dispose();
        _made = New(TestDevices.Host);
    }

    /// <summary>Disposes what the tests left, so that the test around them leaves nothing.</summary>
    internal static void Forget()
    {
        s_left.ForEach(tensor => tensor.Dispose());
        s_left.Clear();
    }

    private static Tensor New(Device device) => Tensor.Empty([4], ElementType.Float32, device);
}
