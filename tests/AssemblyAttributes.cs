[assembly: GenKernels.Tests.Support.NoBufferLeft]
