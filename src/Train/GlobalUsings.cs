global using GenKernels.Runtime;
