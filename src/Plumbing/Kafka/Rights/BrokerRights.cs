using Confluent.Kafka.Admin;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>One thing that a principal may do at the broker.</summary>
/// <param name="Principal">As the broker calls it: <c>User:</c> and the name.</param>
/// <param name="Name">Of the resource at the broker; of a prefixed pattern what its name begins with.</param>
internal sealed record BrokerRight(
    string Principal, ResourceType Resource, string Name, ResourcePatternType Pattern, AclOperation Operation)
{
    /// <summary>As librdkafka numbers it; its .NET binding passes the number through and has no name for it.</summary>
    internal const ResourceType TransactionalId = (ResourceType)5;

    public override string ToString() =>
        $"{Principal} {Operation} {(Resource == TransactionalId ? nameof(TransactionalId) : $"{Resource}")} "
            + $"{Name}{(Pattern == ResourcePatternType.Prefixed ? "…" : "")}";

    internal AclBinding Binding() => new()
    {
        Pattern = new ResourcePattern { Type = Resource, Name = Name, ResourcePatternType = Pattern },
        Entry = new AccessControlEntry { Principal = Principal, Host = "*", Operation = Operation,
            PermissionType = AclPermissionType.Allow },
    };

    /// <returns>Null when the rule allows less, or forbids: not everybody from everywhere.</returns>
    internal static BrokerRight? Of(AclBinding rule) => rule.Entry is { PermissionType: AclPermissionType.Allow, Host: "*" }
        ? new BrokerRight(rule.Entry.Principal, rule.Pattern.Type, rule.Pattern.Name, rule.Pattern.ResourcePatternType,
            rule.Entry.Operation) : null;
}

/// <summary>
/// What each principal may do at a broker that checks rights, made from <see cref="TopicRights"/>; what is not here is refused. A
/// principal is called as in
/// <see cref="Principals"/>, behind the prefix of the topics, so that test and live are different people at one broker.
/// </summary>
internal static class BrokerRights
{
    /// <summary>Groups that nobody joins: whoever reads a topic once or asks how far others are names one of them.</summary>
    private static readonly string[] s_joinedByNobody = ["reader", "follower", "lag"];

    internal static string User(KafkaSettings kafka, string principal) => $"User:{kafka.TopicPrefix}{principal}";

    /// <summary>All of them, each once.</summary>
    internal static IReadOnlyList<BrokerRight> All(KafkaSettings kafka) =>
        [.. TopicRights.All.SelectMany(right => OfTopic(kafka, right)),
            .. Principals.Workers.SelectMany(worker => OfWorker(kafka, worker)), .. OfOthers(kafka)];

    private static IEnumerable<BrokerRight> OfTopic(KafkaSettings kafka, TopicRight right)
    {
        BrokerRight May(string principal, AclOperation operation) =>
            new(User(kafka, principal), ResourceType.Topic, kafka.Physical(right.Topic), ResourcePatternType.Literal, operation);

        foreach (var writer in right.Writers) yield return May(writer, AclOperation.Write);
        foreach (var reader in right.Readers) yield return May(reader, AclOperation.Read);
        // Of what a worker writes it tells the limit when something is too large; contestctl doctor compares everything.
        foreach (var worker in right.Writers.Where(w => Principals.Workers.Contains(w)))
            yield return May(worker, AclOperation.DescribeConfigs);
        yield return May(Principals.Operator, AclOperation.DescribeConfigs);
    }

    private static IEnumerable<BrokerRight> OfWorker(KafkaSettings kafka, string worker)
    {
        var outbox = new BrokerRight(User(kafka, worker), BrokerRight.TransactionalId, $"{kafka.TopicPrefix}{worker}-outbox-",
            ResourcePatternType.Prefixed, AclOperation.Write);
        yield return outbox;
        yield return outbox with { Operation = AclOperation.Describe };
        var group = new BrokerRight(
            User(kafka, worker), ResourceType.Group, kafka.TopicPrefix + worker, ResourcePatternType.Literal, AclOperation.Read);
        yield return group;
        foreach (var looker in (string[])[Principals.Operator, Principals.Replay])
            yield return group with { Principal = User(kafka, looker), Operation = AclOperation.Describe };
    }

    /// <summary>Who is outside names its groups itself, beginning with its own name.</summary>
    private static IEnumerable<BrokerRight> OfOthers(KafkaSettings kafka)
    {
        foreach (var outside in (string[])[Principals.Feed, Principals.Front])
            yield return new BrokerRight(User(kafka, outside), ResourceType.Group, kafka.TopicPrefix + outside,
                ResourcePatternType.Prefixed, AclOperation.Read);
        foreach (var looker in (string[])[Principals.Operator, Principals.Replay])
        {
            foreach (var group in s_joinedByNobody)
                yield return new BrokerRight(
                    User(kafka, looker), ResourceType.Group, group, ResourcePatternType.Literal, AclOperation.Read);
        }
    }
}
