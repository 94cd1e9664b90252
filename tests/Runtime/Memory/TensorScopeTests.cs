using System.Runtime.CompilerServices;

namespace GenKernels.Tests.Runtime.Memory;

[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.All))]
public sealed class TensorScopeTests(Device device)
{
    [Test]
    public void WhatWasMadeInItEndsWithIt()
    {
        int before = device.Memory.Statistics().LiveBuffers;
        using Tensor earlier = Make();
        Tensor inside, view;
        using (device.Scope())
        {
            inside = Make();
            view = earlier.View([4, 1]);
        }

        Assert.That((earlier.IsDisposed, inside.IsDisposed, view.IsDisposed), Is.EqualTo((false, true, true)));
        using Tensor later = Make();
        Assert.That(later.IsDisposed, Is.False);
        Assert.That(device.Memory.Statistics().LiveBuffers, Is.EqualTo(before + 2));
    }

    [Test]
    public void AKeptTensorGoesToTheScopeAround()
    {
        Tensor kept, left;
        using (device.Scope())
        {
            using (TensorScope inner = device.Scope())
            {
                kept = inner.Keep(Make());
                left = Make();
            }

            Assert.That((kept.IsDisposed, left.IsDisposed), Is.EqualTo((false, true)));
        }

        Assert.That(kept.IsDisposed, Is.True);
    }

    [Test]
    public void KeptByTheOutermostItIsTheCallers()
    {
        Tensor kept;
        using (TensorScope scope = device.Scope()) kept = scope.Keep(Make());
        Assert.That(kept.IsDisposed, Is.False);
        kept.Dispose();
    }

    [Test]
    public void ATensorOfAnotherScopeIsNotKept()
    {
        Tensor outside;
        using (TensorScope outer = device.Scope())
        {
            outside = Make();
            using TensorScope inner = device.Scope();
            inner.Keep(outside);
        }

        Assert.That(outside.IsDisposed, Is.True);
    }

    [Test]
    public void AnUnscopedTensorIsTheCallers()
    {
        Tensor tensor;
        using (device.Scope()) tensor = Make().Unscoped();
        Assert.That(tensor.IsDisposed, Is.False);
        tensor.Dispose();
    }

    [Test]
    public void WhatIsGoneOrElsewhereIsForgottenInALongLoop()
    {
        List<WeakReference> made = [];
        Tensor held, last;
        using (device.Scope())
        {
            held = Make();
            for (int time = 0; time < 500; time++) MakeAndLetGo(made);
            GC.Collect();
            Assert.That(made.Count(tensor => tensor.IsAlive), Is.LessThan(150), "of 1,000");
            last = Make();
            Assert.That(held.IsDisposed, Is.False);
        }

        Assert.That((held.IsDisposed, last.IsDisposed), Is.EqualTo((true, true)));
    }

    [Test]
    public void ItIsTheThreadsOwn()
    {
        Tensor? elsewhere = null;
        using (device.Scope())
        {
            Thread thread = new(() => elsewhere = Make());
            thread.Start();
            thread.Join();
        }

        Assert.That(elsewhere!.IsDisposed, Is.False);
        elsewhere.Dispose();
    }

    [Test]
    public void ASecondDisposeDoesNothing()
    {
        using TensorScope outer = device.Scope();
        TensorScope inner = device.Scope();
        inner.Dispose();
        TensorScope next = device.Scope();
        inner.Dispose();
        Tensor tensor = Make();
        next.Dispose();
        Assert.That(tensor.IsDisposed, Is.True, "the scope that was open stayed open");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeAndLetGo(List<WeakReference> made)
    {
        Tensor gone = Make(), elsewhere = Make();
        made.AddRange([new WeakReference(gone), new WeakReference(elsewhere)]);
        gone.Dispose();
        elsewhere.Unscoped().Dispose();
    }

    private Tensor Make() => Tensor.Zeros([4], ElementType.Float32, device);
}
