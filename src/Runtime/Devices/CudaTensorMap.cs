using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CudaDriver;

namespace GenKernels.Runtime;

/// <summary>Encodes tensor maps by the driver.</summary>
internal static unsafe class CudaTensorMap
{
    private const int Axes = 5;

    /// <param name="argument">A tensor argument with its map.</param>
    /// <param name="target">Receives the descriptor, <see cref="TensorMap.Bytes"/> bytes.</param>
    /// <exception cref="CudaException">The driver refused the map.</exception>
    internal static void Encode(KernelArgument argument, byte* target)
    {
        TensorMap map = argument.Map!;
        uint* elementStrides = stackalloc uint[Axes] { 1, 1, 1, 1, 1 };
        CUtensorMapDataType type = map.Type == ElementType.Float16
            ? CUtensorMapDataType.CU_TENSOR_MAP_DATA_TYPE_FLOAT16
            : CUtensorMapDataType.CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
        fixed (long* sizes = map.Sizes, strides = map.Strides)
        fixed (int* box = map.Box)
        {
            if (map.PixelBox is not { } pixelBox)
            {
                cuTensorMapEncodeTiled(
                    target, type, (uint)map.Sizes.Length, (nint)argument.Bits, sizes, strides, (uint*)box,
                    elementStrides, CUtensorMapInterleave.CU_TENSOR_MAP_INTERLEAVE_NONE,
                    CUtensorMapSwizzle.CU_TENSOR_MAP_SWIZZLE_128B,
                    CUtensorMapL2promotion.CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                    CUtensorMapFloatOOBfill.CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE).ThrowIfFailed();
                return;
            }

            for (int axis = 0; axis < pixelBox.Strides.Length; axis++)
            {
                elementStrides[axis + 1] = (uint)pixelBox.Strides[axis];
            }

            fixed (int* lower = pixelBox.LowerCorner, upper = pixelBox.UpperCorner)
            {
                cuTensorMapEncodeIm2col(
                    target, type, (uint)map.Sizes.Length, (nint)argument.Bits, sizes, strides, lower, upper,
                    (uint)box[0], (uint)box[1], elementStrides, CUtensorMapInterleave.CU_TENSOR_MAP_INTERLEAVE_NONE,
                    CUtensorMapSwizzle.CU_TENSOR_MAP_SWIZZLE_128B,
                    CUtensorMapL2promotion.CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                    CUtensorMapFloatOOBfill.CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE).ThrowIfFailed();
            }
        }
    }
}
