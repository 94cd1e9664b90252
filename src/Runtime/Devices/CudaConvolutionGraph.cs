using GenKernels.Runtime.Interop;
using static GenKernels.Runtime.Interop.CuDnn;
using Name = GenKernels.Runtime.Interop.CuDnn.cudnnBackendAttributeName_t;

namespace GenKernels.Runtime;

/// <summary>A convolution as a cuDNN operation graph: one operation on three channels-last tensors.</summary>
internal sealed class CudaConvolutionGraph : IDisposable
{
    /// <summary>The unique ids that bind a run's addresses to the tensors.</summary>
    internal const long IdOfX = 1, IdOfW = 2, IdOfY = 3;

    private readonly List<CudaDnnDescriptor> _owned = [];
    private readonly CudaConvolutionProblem _problem;

    /// <exception cref="CudaException">The library refused a descriptor.</exception>
    internal CudaConvolutionGraph(cudnnHandle_t handle, CudaConvolutionProblem problem)
    {
        _problem = problem;
        try
        {
            CudaDnnDescriptor operation = Operation();
            Descriptor = New(cudnnBackendDescriptorType_t.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR)
                .Set(Name.CUDNN_ATTR_OPERATIONGRAPH_OPS, operation)
                .Set(Name.CUDNN_ATTR_OPERATIONGRAPH_HANDLE, cudnnBackendAttributeType_t.CUDNN_TYPE_HANDLE, handle)
                .Finish($"the graph: {problem}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal CudaDnnDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int index = _owned.Count - 1; index >= 0; index--) _owned[index].Dispose();
        _owned.Clear();
    }

    private CudaDnnDescriptor Operation()
    {
        CudaConvolutionShape shape = _problem.Shape;
        CudaDnnDescriptor x = TensorOf(
            IdOfX, CudaConvolutionKind.DataGradient, shape.N, shape.Inputs, shape.In);
        CudaDnnDescriptor w = TensorOf(
            IdOfW, CudaConvolutionKind.WeightGradient, shape.Outputs, shape.Inputs / shape.Groups, shape.Taps);
        CudaDnnDescriptor y = TensorOf(IdOfY, CudaConvolutionKind.Forward, shape.N, shape.Outputs, shape.Out);
        CudaDnnDescriptor convolution = Convolution();
        const cudnnBackendAttributeType_t single = cudnnBackendAttributeType_t.CUDNN_TYPE_FLOAT;
        CudaDnnDescriptor operation = _problem.Kind switch
        {
            CudaConvolutionKind.Forward =>
                New(cudnnBackendDescriptorType_t.CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, w)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, y)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, single, 1f)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, single, 0f),
            CudaConvolutionKind.DataGradient =>
                New(cudnnBackendDescriptorType_t.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, convolution)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, x)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, w)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, y)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, single, 1f)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, single, 0f),
            _ =>
                New(cudnnBackendDescriptorType_t.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, convolution)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, x)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW, w)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY, y)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, single, 1f)
                    .Set(Name.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA, single, 0f),
        };
        return operation.Finish($"the operation: {_problem}");
    }

    private CudaDnnDescriptor Convolution()
    {
        CudaConvolutionShape shape = _problem.Shape;
        return New(cudnnBackendDescriptorType_t.CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR)
            .Set(
                Name.CUDNN_ATTR_CONVOLUTION_COMP_TYPE, cudnnBackendAttributeType_t.CUDNN_TYPE_DATA_TYPE,
                cudnnDataType_t.CUDNN_DATA_FLOAT)
            .Set(
                Name.CUDNN_ATTR_CONVOLUTION_CONV_MODE, cudnnBackendAttributeType_t.CUDNN_TYPE_CONVOLUTION_MODE,
                cudnnConvolutionMode_t.CUDNN_CROSS_CORRELATION)
            .Set(Name.CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, Axes(shape.Taps).Length)
            .Set(Name.CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, Axes(shape.Before))
            .Set(Name.CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, Axes(shape.After))
            .Set(Name.CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, Axes(shape.Stride))
            .Set(Name.CUDNN_ATTR_CONVOLUTION_DILATIONS, Axes(shape.Dilation))
            .Finish($"the convolution: {_problem}");
    }

    /// <summary>
    /// The library orders axes as rows (clips or outputs), channels, then places; strides give the memory layout.
    /// </summary>
    private CudaDnnDescriptor TensorOf(
        long id, CudaConvolutionKind madeBy, int rows, int channels, (int T, int H, int W) places)
    {
        long[] sizes = [rows, channels, .. Axes(places)];
        long[] strides = new long[sizes.Length];
        long stride = channels;
        for (int axis = sizes.Length - 1; axis > 1; axis--)
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }

        (strides[0], strides[1]) = (stride, 1);
        ElementType type = _problem.Kind == madeBy ? _problem.ResultType : _problem.Type;
        return New(cudnnBackendDescriptorType_t.CUDNN_BACKEND_TENSOR_DESCRIPTOR)
            .Set(Name.CUDNN_ATTR_TENSOR_DATA_TYPE, cudnnBackendAttributeType_t.CUDNN_TYPE_DATA_TYPE, DataType(type))
            .Set(Name.CUDNN_ATTR_TENSOR_DIMENSIONS, sizes)
            .Set(Name.CUDNN_ATTR_TENSOR_STRIDES, strides)
            .Set(Name.CUDNN_ATTR_TENSOR_UNIQUE_ID, id)
            .Set(Name.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, _problem.Alignment)
            .Finish($"a tensor: {_problem}");
    }

    private long[] Axes((int T, int H, int W) of) => _problem.Shape.IsFlat ? [of.H, of.W] : [of.T, of.H, of.W];

    private CudaDnnDescriptor New(cudnnBackendDescriptorType_t type)
    {
        _owned.Add(new CudaDnnDescriptor(type));
        return _owned[^1];
    }

    private static cudnnDataType_t DataType(ElementType type) => type switch
    {
        ElementType.Float32 => cudnnDataType_t.CUDNN_DATA_FLOAT,
        ElementType.Float16 => cudnnDataType_t.CUDNN_DATA_HALF,
        ElementType.BFloat16 => cudnnDataType_t.CUDNN_DATA_BFLOAT16,
        _ => throw new ArgumentException($"convolutions of {type} are not given to cuDNN"),
    };
}
