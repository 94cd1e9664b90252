namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// The part of <see cref="PretendedCuda"/> that acts as cuBLASLt: it multiplies what its descriptors describe, element
/// by element, and rejects descriptors that do not fit together. An algorithm remembers how its partial sums are joined
/// and what alignment it was promised; of the permitted ways to join them it uses the worst.
/// </summary>
internal static class PretendedBlasLt
{
    internal const string Text = """
        struct Layout { Kind kind; long long rows, columns, leading; int batch; long long stride; };
        struct Product { int compute, scale, transposeA, transposeB, epilogue; void* bias; };
        struct Preference { unsigned long long workspace; int scheme, alignments[4]; };
        struct Algorithm { unsigned long long magic, workspace, scheme, alignments[4], unused; };
        struct Proposal { Algorithm algorithm; size_t workspace; int state; float waves; int reserved[4]; };
        static_assert(sizeof(Proposal) == 96);
        static const unsigned long long Magic = 0xA160;
        static int proposals;
        API long pretend_proposals() { return proposals; }
        API const char* cublasLtGetStatusName(int status)
        {
            return status == 15 ? "CUBLAS_STATUS_NOT_SUPPORTED" : "CUBLAS_STATUS_OTHER";
        }
        API const char* cublasLtGetStatusString(int) { return "another fault"; }
        API size_t cublasLtGetVersion() { return 130102; }
        API int cublasLtCreate(void** handle) { CHECK *handle = (void*)8; live++; return 0; }
        API int cublasLtDestroy(void*) { live--; return 0; }
        static Kind BlasKind(int type)
        {
            return type == 0 ? Single : type == 1 ? Double : type == 2 ? Half : type == 14 ? Brain : Unknown;
        }
        template <class T> static int Take(T* to, const void* from, size_t bytes)
        {
            if (bytes != sizeof(T)) return 7;
            memcpy(to, from, bytes);
            return 0;
        }
        API int cublasLtMatmulDescCreate(Product** product, int compute, int scale)
        {
            CHECK
            *product = new Product{compute, scale, 0, 0, 1, 0};
            live++;
            return 0;
        }
        API int cublasLtMatmulDescDestroy(Product* product) { delete product; live--; return 0; }
        API int cublasLtMatmulDescSetAttribute(Product* product, int attribute, const void* value, size_t bytes)
        {
            switch (attribute) {
            case 3: return Take(&product->transposeA, value, bytes);
            case 4: return Take(&product->transposeB, value, bytes);
            case 7: return Take(&product->epilogue, value, bytes);
            case 8: return Take(&product->bias, value, bytes);
            default: return 7;
            }
        }
        API int cublasLtMatrixLayoutCreate(
            Layout** layout, int type, uint64_t rows, uint64_t columns, int64_t leading)
        {
            CHECK
            if (BlasKind(type) == Unknown || leading < (int64_t)rows) return 7;
            *layout = new Layout{BlasKind(type), (long long)rows, (long long)columns, leading, 1, 0};
            live++;
            return 0;
        }
        API int cublasLtMatrixLayoutDestroy(Layout* layout) { delete layout; live--; return 0; }
        API int cublasLtMatrixLayoutSetAttribute(Layout* layout, int attribute, const void* value, size_t bytes)
        {
            switch (attribute) {
            case 5: return Take(&layout->batch, value, bytes);
            case 6: return Take(&layout->stride, value, bytes);
            default: return 7;
            }
        }
        API int cublasLtMatmulPreferenceCreate(Preference** preference)
        {
            *preference = new Preference{0, 7, {256, 256, 256, 256}};
            live++;
            return 0;
        }
        API int cublasLtMatmulPreferenceDestroy(Preference* preference) { delete preference; live--; return 0; }
        API int cublasLtMatmulPreferenceSetAttribute(
            Preference* preference, int attribute, const void* value, size_t bytes)
        {
            switch (attribute) {
            case 1: return Take(&preference->workspace, value, bytes);
            case 3: return Take(&preference->scheme, value, bytes);
            case 5: case 6: case 7: case 8: return Take(&preference->alignments[attribute - 5], value, bytes);
            default: return 7;
            }
        }
        static bool Fits(Product* product, Layout* a, Layout* b, Layout* c, Layout* d)
        {
            const long long m = product->transposeA ? a->columns : a->rows;
            const long long n = product->transposeB ? b->rows : b->columns;
            const long long k = product->transposeA ? a->rows : a->columns;
            const bool isDouble = a->kind == Double;
            return c == d && k == (product->transposeB ? b->columns : b->rows) && c->rows == m && c->columns == n
                && a->batch == c->batch && b->batch == c->batch && a->kind == b->kind
                && (c->kind == a->kind || c->kind == Single) && product->scale == (isDouble ? 1 : 0)
                && (isDouble ? product->compute == 70
                    : product->compute == 68 || (product->compute == 77 && a->kind == Single))
                && (product->epilogue == 1 || (product->epilogue == 4 && product->bias));
        }
        API int cublasLtMatmulAlgoGetHeuristic(void* handle, Product* product, Layout* a, Layout* b, Layout* c,
            Layout* d, Preference* preference, int wanted, Proposal* found, int* count)
        {
            CHECK
            if (handle != (void*)8 || wanted < 1 || !Fits(product, a, b, c, d)) return 7;
            proposals++;
            const int scheme = preference->scheme & 1 ? 1 : preference->scheme & 4 ? 4 : preference->scheme & 2;
            const int* promised = preference->alignments;
            *found = {};
            found->algorithm = {Magic, preference->workspace, (unsigned long long)scheme};
            for (int i = 0; i < 4; i++) found->algorithm.alignments[i] = promised[i];
            found->workspace = preference->workspace;
            *count = c->rows == 404 ? 0 : 1;
            return 0;
        }
        static double Factor(
            const void* matrix, Layout* layout, int transpose, int compute, int s, long long i, long long j)
        {
            const long long place = transpose ? j + i * layout->leading : i + j * layout->leading;
            const double value = Load(matrix, s * layout->stride + place, layout->kind);
            return compute == 77 ? Tf32(value) : value;
        }
        API int cublasLtMatmul(void* handle, Product* product, const void* alpha, const void* A, Layout* a,
            const void* B, Layout* b, const void* beta, const void* C, Layout* c, void* D, Layout* d,
            Algorithm* algorithm, void* workspace, size_t bytes, void* stream)
        {
            CHECK
            if (handle != (void*)8 || !IsStream(stream) || !Fits(product, a, b, c, d) || C != D) return 7;
            if (algorithm->magic != Magic || !workspace || bytes < algorithm->workspace) return 7;
            const uintptr_t addresses[] = {(uintptr_t)A, (uintptr_t)B, (uintptr_t)C, (uintptr_t)D};
            for (int i = 0; i < 4; i++) if (addresses[i] % algorithm->alignments[i]) return 7;
            snprintf(last, sizeof last, "product %d, scheme %d, alignments %d %d %d, workspace %d MiB",
                product->compute, (int)algorithm->scheme, (int)algorithm->alignments[0],
                (int)algorithm->alignments[1], (int)algorithm->alignments[2], (int)(bytes >> 20));
            const bool isDouble = product->scale == 1;
            const double factor = isDouble ? *(double*)alpha : *(float*)alpha;
            const double share = isDouble ? *(double*)beta : *(float*)beta;
            Do([=, product = *product, a = *a, b = *b, c = *c]() mutable {
                memset(workspace, 0xFF, bytes);
                const long long k = product.transposeA ? a.rows : a.columns;
                for (int s = 0; s < c.batch; s++)
                    for (long long i = 0; i < c.rows; i++)
                        for (long long j = 0; j < c.columns; j++) {
                            double sum = 0;
                            for (long long l = 0; l < k; l++)
                                sum += Factor(A, &a, product.transposeA, product.compute, s, i, l)
                                    * Factor(B, &b, product.transposeB, product.compute, s, l, j);
                            const long long place = s * c.stride + i + j * c.leading;
                            double value = factor * sum;
                            if (share != 0) value += share * Load(C, place, c.kind);
                            if (product.epilogue == 4) value += Load(product.bias, i, c.kind);
                            Store(D, place, c.kind, value);
                        }
            });
            return 0;
        }
        """;
}
