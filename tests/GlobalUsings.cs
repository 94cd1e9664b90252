global using GenKernels.Runtime;
global using GenKernels.Tests.Support;
global using NUnit.Framework;
