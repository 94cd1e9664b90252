global using GenKernels.Runtime;
global using static GenKernels.Kernels.KernelLibrary;
