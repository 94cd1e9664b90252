using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace GenKernels.Tests.Structure;

/// <summary>
/// Every public type and member is documented. Operators, overrides and constructors of exceptions need no comment;
/// overloads may share one, and a record's parameters are documented at its declaration.
/// </summary>
public sealed partial class DocumentationTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Test]
    public void PublicTypesHaveASummary([Values("Runtime", "Kernels", "Autograd", "Models", "Train")] string name)
    {
        Dictionary<string, XElement> comments = Comments(name);
        IEnumerable<string> silent = Types(name).Select(Name)
            .Where(type => !Says(comments.GetValueOrDefault($"T:{type}"), "summary", "inheritdoc"));
        Assert.That(silent, Is.Empty);
    }

    [Test]
    public void PublicMembersSayWhatTheyAre([Values("Runtime", "Kernels", "Autograd", "Models", "Train")] string name)
    {
        Dictionary<string, XElement> comments = Comments(name);
        IEnumerable<string> silent = from type in Types(name)
                                     where !typeof(Delegate).IsAssignableFrom(type)
                                     from member in type.GetMembers(Declared)
                                     where NeedsComment(type, member) && !IsExplained(type, member, comments)
                                     select Key(type, member);
        Assert.That(silent.Distinct(), Is.Empty);
    }

    [Test]
    public void TheRuleReadsTheComments() =>
        Assert.That(Comments("Runtime"), Does.ContainKey("P:GenKernels.Runtime.Tensor.Shape"));

    private static IEnumerable<Type> Types(string name) =>
        Assembly.Load($"GenKernels.{name}").GetExportedTypes().Where(type => !IsGenerated(type));

    private static bool NeedsComment(Type type, MemberInfo member) => member switch
    {
        Type => false,  // nested types are among the exported ones
        ConstructorInfo maker => maker.GetParameters().Length > 0 && !typeof(Exception).IsAssignableFrom(type),
        MethodInfo method => !method.IsSpecialName && !IsOverride(method) && !IsGenerated(method),
        PropertyInfo property => !IsOverride(property.GetMethod ?? property.SetMethod!),
        FieldInfo field => !field.IsSpecialName,
        _ => true,
    };

    private static bool IsExplained(Type type, MemberInfo member, Dictionary<string, XElement> comments)
    {
        if (Says(comments.GetValueOrDefault(Key(type, member)))) return true;
        if (!comments.TryGetValue($"T:{Name(type)}", out XElement? comment)) return false;
        return member is ConstructorInfo
            ? comment.Elements("param").Any()
            : comment.Elements("param").Any(parameter => parameter.Attribute("name")?.Value == member.Name);
    }

    /// <summary>
    /// The comments by the member that they belong to, without parameters: <c>M:GenKernels.Runtime.Shape.With</c>.
    /// </summary>
    private static Dictionary<string, XElement> Comments(string name)
    {
        string file = Path.Combine(AppContext.BaseDirectory, $"GenKernels.{name}.xml");
        return XDocument.Load(file).Descendants("member")
            .GroupBy(member => Parameters().Replace(member.Attribute("name")!.Value, ""))
            .ToDictionary(group => group.Key, group => group.FirstOrDefault(member => Says(member)) ?? group.First());
    }

    private static bool Says(XElement? comment, params string[] kinds) => comment is not null && comment.Elements()
        .Where(part => kinds.Length == 0 || kinds.Contains(part.Name.LocalName))
        .Any(part => part.Name == "inheritdoc" || part.Nodes().Any());

    private static string Key(Type type, MemberInfo member) => member switch
    {
        ConstructorInfo => $"M:{Name(type)}.#ctor",
        MethodInfo => $"M:{Name(type)}.{member.Name}",
        PropertyInfo => $"P:{Name(type)}.{member.Name}",
        EventInfo => $"E:{Name(type)}.{member.Name}",
        _ => $"F:{Name(type)}.{member.Name}",
    };

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static bool IsOverride(MethodInfo method) =>
        method.GetBaseDefinition().DeclaringType != method.DeclaringType;

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute));

    [GeneratedRegex(@"(``\d+)?(\(.*)?$")]
    private static partial Regex Parameters();
}
