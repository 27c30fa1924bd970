using System.Collections.Frozen;
using System.Reflection;

namespace ContestPipeline.Contracts;

/// <summary>Finds the message type of a wire name and the wire name and topic of a message type.</summary>
public static class WireTypes
{
    private static readonly FrozenDictionary<string, Type> s_byName = typeof(WireTypes).Assembly.GetTypes()
        .Where(t => t.GetCustomAttribute<WireAttribute>() is not null)
        .ToFrozenDictionary(t => t.GetCustomAttribute<WireAttribute>()!.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, WireAttribute> s_byType =
        s_byName.Values.ToFrozenDictionary(t => t, t => t.GetCustomAttribute<WireAttribute>()!);

    public static IEnumerable<Type> All => s_byType.Keys;

    /// <returns>Null when no message has this name.</returns>
    public static Type? Find(string wireName) => s_byName.GetValueOrDefault(wireName);

    public static WireAttribute Of(Type type) =>
        s_byType.GetValueOrDefault(type) ?? throw new ArgumentException($"{type.Name} has no [Wire] attribute", nameof(type));
}
