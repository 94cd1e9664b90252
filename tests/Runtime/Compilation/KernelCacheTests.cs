using System.Text;

namespace GenKernels.Tests.Runtime.Compilation;

public sealed class KernelCacheTests
{
    private static readonly byte[] s_code = Encoding.UTF8.GetBytes("some code");
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeAFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public void TheKeyChangesWithEveryPartAndWithWhereItEnds()
    {
        string[] keys =
        [
            KernelCache.Key("text", "options", "target", "version"),
            KernelCache.Key("text ", "options", "target", "version"),
            KernelCache.Key("text", "options -g", "target", "version"),
            KernelCache.Key("text", "options", "sm_80", "version"),
            KernelCache.Key("text", "options", "target", "12.9"),
            KernelCache.Key("textoptions", "", "target", "version"),
        ];
        Assert.That(keys, Is.Unique);
        Assert.That(KernelCache.Key("text", "options", "target", "version"), Is.EqualTo(keys[0]));
    }

    [Test]
    public void AnEntryIsCompiledOnceAndFoundByTheNextRun()
    {
        KernelCache first = new(_folder.Path);
        string path = first.GetOrCompile("key", ".bin", Write);
        KernelCache second = new(_folder.Path);
        Assert.That(second.GetOrCompile("key", ".bin", _ => Assert.Fail("it is there")), Is.EqualTo(path));
        Assert.That(KernelCache.ReadCode(path), Is.EqualTo(s_code));
        Assert.That((first.Misses, first.Hits, second.Misses, second.Hits), Is.EqualTo((1, 0, 0, 1)));
    }

    [Test]
    public void ADamagedEntryIsRebuilt([Values(0, 5, 20, -1)] int damaged)
    {
        KernelCache cache = new(_folder.Path);
        string path = cache.GetOrCompile("key", ".bin", Write);
        byte[] bytes = File.ReadAllBytes(path);
        if (damaged < 0) bytes = bytes[..7];
        else bytes[damaged] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.That(KernelCache.ReadCode(cache.GetOrCompile("key", ".bin", Write)), Is.EqualTo(s_code));
        Assert.That(cache.Misses, Is.EqualTo(2));
    }

    [Test]
    public void AnEntryTooLongToReadIsRebuilt()
    {
        KernelCache cache = new(_folder.Path);
        using (FileStream damaged = File.Create(_folder.File("key.bin"))) damaged.SetLength(3L << 30);  // sparse
        Assert.That(KernelCache.ReadCode(cache.GetOrCompile("key", ".bin", Write)), Is.EqualTo(s_code));
        Assert.That(cache.Misses, Is.EqualTo(1));
    }

    [Test]
    public void AFailedCompilationLeavesNothing()
    {
        KernelCache cache = new(_folder.Path);
        Assert.That(
            () => cache.GetOrCompile("key", ".bin", output =>
            {
                File.WriteAllText(output, "half of it");
                throw new CompilationException("it broke");
            }),
            Throws.TypeOf<CompilationException>());
        Assert.That(Directory.GetFiles(_folder.Path), Is.Empty);
        Assert.That(cache.Misses, Is.Zero);
    }

    [Test]
    public void CachesOnOneFolderDoNotDisturbEachOther()
    {
        KernelCache[] caches = [.. Enumerable.Range(0, 8).Select(_ => new KernelCache(_folder.Path))];
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, index =>
        {
            string path = caches[index % caches.Length].GetOrCompile($"key{index % 4}", ".bin", Write);
            Assert.That(KernelCache.ReadCode(path), Is.EqualTo(s_code));
        });
        Assert.That(Directory.GetFiles(_folder.Path), Has.Length.EqualTo(4));
        Assert.That(caches.Sum(cache => cache.Hits + cache.Misses), Is.EqualTo(64));
    }

    private static void Write(string path) => File.WriteAllBytes(path, s_code);
}
