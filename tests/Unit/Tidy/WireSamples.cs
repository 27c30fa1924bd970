using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ContestPipeline.Contracts;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// Makes one fully filled sample of any contract from its constructor, and one with as little as it may say; the same type
/// always gives the same samples, which keep the rules of their members.
/// </summary>
internal static class WireSamples
{
    private static readonly DateTimeOffset s_time = new(2026, 1, 4, 18, 5, 30, 250, TimeSpan.Zero);

    public static object Of(Type type) => Value(type, type.Name, 1, isLeast: false);

    /// <returns>Without everything that may be null, lists and dictionaries empty; null where the full one is the same.</returns>
    public static object? LeastOf(Type type)
    {
        var least = Value(type, type.Name, 1, isLeast: true);
        return WireJson.Bytes(least).AsSpan().SequenceEqual(WireJson.Bytes(Of(type))) ? null : least;
    }

    private static object Value(Type type, string name, int number, bool isLeast)
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
            return new Dictionary<string, long> { [$"{name}-{number}"] = number };

        var constructor = type.GetConstructors().Single(c => c.GetParameters() is not [var only] || only.ParameterType != type);
        return constructor.Invoke([.. constructor.GetParameters().Select((p, i) => Member(p, i + number, isLeast))]);
    }

    private static object? Member(ParameterInfo member, int number, bool isLeast)
    {
        if (isLeast && ContractTests.IsNullable(member)) return null;
        if (isLeast && member.HasDefaultValue) return member.DefaultValue;
        var type = Nullable.GetUnderlyingType(member.ParameterType) ?? member.ParameterType;
        var elements = isLeast ? 0 : 2;
        if (!type.IsGenericType) return Ruled(member, type, number, isLeast);
        if (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var list = Array.CreateInstance(type.GenericTypeArguments[0], elements);
            for (var i = 0; i < elements; i++) list.SetValue(Ruled(member, type.GenericTypeArguments[0], i + 1, isLeast), i);
            return list;
        }

        var dictionary = (System.Collections.IDictionary)Activator.CreateInstance(
            typeof(Dictionary<,>).MakeGenericType(type.GenericTypeArguments))!;
        for (var i = 1; i <= elements; i++)
            dictionary.Add($"{member.Name}-{i}", Ruled(member, type.GenericTypeArguments[1], i, isLeast));
        return dictionary;
    }

    /// <summary>A value that keeps the rules of its member.</summary>
    private static object Ruled(ParameterInfo member, Type type, int number, bool isLeast)
    {
        var value = Value(type, member.Name!, number, isLeast);
        var shared = MemberRules.ByName(member.Name!, member.ParameterType);
        foreach (var rule in member.GetCustomAttributes<MemberRuleAttribute>().Prepend(shared).Where(r => r?.Of is null))
        {
            value = (rule, value) switch
            {
                (OneOfAttribute words, _) => words.Words[0],
                (MatchesAttribute text, string said) when !Regex.IsMatch(said, text.Pattern) => text.Example,
                (BetweenAttribute range, int whole) when whole < range.Min || whole > range.Max =>
                    (int)Math.Min(range.Max, range.Min + number),
                (BetweenAttribute range, long whole) when whole < range.Min || whole > range.Max =>
                    Math.Min(range.Max, Math.Max(0, range.Min) + number),
                _ => value,
            };
        }

        return value;
    }
}
