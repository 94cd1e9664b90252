global using GenKernels.Autograd;
global using GenKernels.Kernels.Convolution;
global using GenKernels.Kernels.Elementwise;
global using GenKernels.Runtime;
