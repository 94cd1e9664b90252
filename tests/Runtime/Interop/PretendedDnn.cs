namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// The part of <see cref="PretendedCuda"/> that acts as cuDNN 9's descriptors: it knows the attributes of each kind of
/// descriptor, their types and element sizes, rejects attributes set after finalisation, and accepts only finalised
/// descriptors as values.
/// </summary>
internal static class PretendedDnn
{
    internal const string Text = """
        #include <map>
        #include <memory>
        enum Status { Well = 0, BadParameter = 2000, NotFinalized = 2004, BadShape = 2008, BadType = 2010, None = 3000,
            NoShape = 3002 };
        struct Descriptor {
            int kind, engine = -1;
            bool finished = false;
            std::map<int, std::vector<char>> values;
            template <class T> std::vector<T> All(int name) const
            {
                const auto found = values.find(name);
                if (found == values.end()) return {};
                const T* begin = (const T*)found->second.data();
                return std::vector<T>(begin, begin + found->second.size() / sizeof(T));
            }
            template <class T> T One(int name) const { return All<T>(name)[0]; }
            Descriptor* At(int name) const { return One<Descriptor*>(name); }
        };
        // Kind of the descriptor, first and last name, type of the elements, and whether the name must be set.
        struct Rule { int kind, first, last, type; bool needed; };
        static const Rule rules[] = {
            {1, 100, 100, 1, true}, {1, 101, 101, 7, true}, {1, 102, 106, 3, true}, {4, 200, 200, 8, true},
            {4, 201, 201, 15, true}, {5, 400, 400, 0, true}, {5, 401, 401, 15, true}, {10, 700, 701, 4, true},
            {10, 702, 705, 15, true}, {12, 706, 707, 4, true}, {12, 708, 711, 15, true}, {11, 712, 713, 4, true},
            {11, 714, 717, 15, true}, {15, 800, 800, 0, true}, {15, 801, 801, 15, true}, {17, 900, 900, 3, true},
            {17, 901, 901, 1, true}, {17, 902, 903, 3, true}, {17, 906, 906, 3, true}, {16, 1000, 1000, 3, true},
            {16, 1001, 1001, 6, true}, {16, 1003, 1003, 6, false},
        };
        static int BytesOf(int type) { return type == 1 || type == 4 || type == 7 || type == 8 || type == 11 ? 4 : 8; }
        API size_t cudnnGetVersion() { return 91002; }
        API const char* cudnnGetErrorString(int status)
        {
            return status == None ? "CUDNN_STATUS_NOT_SUPPORTED" : status == BadShape
                ? "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH" : "CUDNN_STATUS_OTHER";
        }
        API void cudnnGetLastErrorString(char* message, size_t size) { snprintf(message, size, "as it pretends"); }
        API int cudnnCreate(void** handle) { CHECK *handle = (void*)9; live++; return Well; }
        API int cudnnDestroy(void*) { live--; return Well; }
        API int cudnnSetStream(void* handle, void* stream)
        {
            CHECK
            return handle == (void*)9 && IsStream(stream) ? Well : BadParameter;
        }
        API int cudnnBackendCreateDescriptor(int kind, Descriptor** descriptor)
        {
            CHECK
            *descriptor = new Descriptor{kind};
            live++;
            return Well;
        }
        API int cudnnBackendDestroyDescriptor(Descriptor* descriptor) { delete descriptor; live--; return Well; }
        API int cudnnBackendSetAttribute(
            Descriptor* descriptor, int name, int type, int64_t count, const void* elements)
        {
            CHECK
            if (descriptor->finished || count < 1 || !elements) return BadParameter;
            for (const Rule& rule : rules) {
                if (rule.kind != descriptor->kind || name < rule.first || name > rule.last) continue;
                if (rule.type != type) return BadType;
                for (int i = 0; i < count && type == 15; i++)
                    if (!((Descriptor**)elements)[i]->finished) return NotFinalized;
                if (type == 0 && *(void**)elements != (void*)9) return BadParameter;
                const char* bytes = (const char*)elements;
                descriptor->values[name] = std::vector<char>(bytes, bytes + count * BytesOf(type));
                return Well;
            }
            return BadParameter;
        }
        static bool HasAll(const Descriptor* descriptor)
        {
            for (const Rule& rule : rules)
                for (int name = rule.first; name <= rule.last && rule.kind == descriptor->kind; name++)
                    if (rule.needed && !descriptor->values.count(name)) return false;
            return true;
        }
        """;
}
