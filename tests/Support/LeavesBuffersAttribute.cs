using NUnit.Framework.Interfaces;

namespace GenKernels.Tests.Support;

/// <summary>Excuses a test that leaves device buffers alive on purpose.</summary>
/// <param name="reason">Why the test must leave buffers.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LeavesBuffersAttribute(string reason) : Attribute
{
    /// <summary>Why the test must leave buffers.</summary>
    public string Reason => reason;

    internal static bool IsOn(ITest test) =>
        test.Method?.GetCustomAttributes<LeavesBuffersAttribute>(inherit: true).Length > 0;
}
