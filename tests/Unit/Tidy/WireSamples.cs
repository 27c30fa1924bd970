using System.Reflection;
using System.Text;
using System.Text.Json;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// Makes one fully filled sample of any contract from its constructor; the same type always gives the same sample.
/// </summary>
internal static class WireSamples
{
    private static readonly DateTimeOffset s_time = new(2026, 1, 4, 18, 5, 30, 250, TimeSpan.Zero);

    public static object Of(Type type) => Value(type, type.Name, 1);

    private static object Value(Type type, string name, int number)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return name[..1].ToLowerInvariant() + name[1..] + "-" + number;
        if (type == typeof(int)) return 10 + number;
        if (type == typeof(long)) return 1_000_000_000_000L + number;
        if (type == typeof(bool)) return true;
        if (type == typeof(DateTimeOffset)) return s_time;
        if (type == typeof(JsonElement))
            return JsonDocument.Parse("""{"id":"acct_1","metadata":{"player_id":"p-1"}}""").RootElement;
        if (type == typeof(byte[])) return Encoding.UTF8.GetBytes(name);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return Dictionary(type, name);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return List(type, name);

        var constructor = type.GetConstructors().Single(c => c.GetParameters() is not [var only] || only.ParameterType != type);
        return constructor.Invoke([.. constructor.GetParameters().Select((p, i) => Value(p.ParameterType, p.Name!, i + number))]);
    }

    private static Array List(Type type, string name)
    {
        var element = type.GenericTypeArguments[0];
        var list = Array.CreateInstance(element, 2);
        for (var i = 0; i < 2; i++) list.SetValue(Value(element, name, i + 1), i);
        return list;
    }

    private static object Dictionary(Type type, string name)
    {
        var dictionary =
            (System.Collections.IDictionary)Activator.CreateInstance(
                typeof(Dictionary<,>).MakeGenericType(type.GenericTypeArguments))!;
        for (var i = 1; i <= 2; i++) dictionary.Add($"{name}-{i}", Value(type.GenericTypeArguments[1], name, i));
        return dictionary;
    }
}
