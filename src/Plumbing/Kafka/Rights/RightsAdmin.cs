using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>What a broker's rules lack of <see cref="TopicRights"/>, and what they say beyond it, a sentence each.</summary>
public sealed record RightsReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Beyond);

/// <summary>
/// Compares the rules of a broker with <see cref="TopicRights"/> and makes those that are missing. It needs a user that may alter
/// the cluster.
/// </summary>
public sealed class RightsAdmin(KafkaSettings kafka) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly IAdminClient admin = new AdminClientBuilder(kafka.Client()).SetLogHandler((_, _) => { }).Build();
    private readonly IReadOnlyList<BrokerRight> wanted = BrokerRights.All(kafka);

    /// <param name="justGranted">Rules were made a moment ago: a broker may show them only later.</param>
    /// <exception cref="SettingException">The broker shows no rule at all: it checks no rights, or does not let this user ask, or
    /// nobody has made any.</exception>
    public async Task<RightsReport> Compare(bool justGranted = false)
    {
        var rules = await Rules();
        if (rules.Count == 0 && !justGranted)
            throw new SettingException("KAFKA_BOOTSTRAP_SERVERS",
                "names a Kafka that shows this user no rule: make them with contestctl topics rights --grant, as a super user "
                    + "of a broker that checks rights");
        var there = rules.Select(BrokerRight.Of).OfType<BrokerRight>().ToHashSet();
        return new RightsReport(
            [.. wanted.Where(right => !there.Contains(right)).Select(right => right.ToString())],
            [.. rules.Where(IsBeyond).Select(Words).Order(StringComparer.Ordinal)]);
    }

    /// <returns>The rules that were missing and have been made. None is taken away.</returns>
    /// <exception cref="SettingException">The broker checks no rights, or does not let this user make any.</exception>
    public async Task<IReadOnlyList<string>> Grant()
    {
        var there = (await Rules()).Select(BrokerRight.Of).OfType<BrokerRight>().ToHashSet();
        var missing = wanted.Where(right => !there.Contains(right)).ToArray();
        if (missing.Length == 0) return [];
        try
        {
            await admin.CreateAclsAsync(
                missing.Select(right => right.Binding()), new CreateAclsOptions { RequestTimeout = s_patience });
        }
        catch (CreateAclsException refused)
        {
            throw Refusal(refused.Results.First(result => result.Error.IsError).Error);
        }
        catch (KafkaException refused)
        {
            throw Refusal(refused.Error);
        }

        return [.. missing.Select(right => right.ToString())];
    }

    public void Dispose() => admin.Dispose();

    private async Task<IReadOnlyList<AclBinding>> Rules()
    {
        try
        {
            var everything = new AclBindingFilter
            {
                PatternFilter = new ResourcePatternFilter { Type = ResourceType.Any,
                    ResourcePatternType = ResourcePatternType.Any },
                EntryFilter = new AccessControlEntryFilter { Operation = AclOperation.Any,
                    PermissionType = AclPermissionType.Any },
            };
            return (await admin.DescribeAclsAsync(
                everything, new DescribeAclsOptions { RequestTimeout = s_patience })).AclBindings;
        }
        catch (DescribeAclsException refused)
        {
            throw Refusal(refused.Result.Error);
        }
        catch (KafkaException refused)
        {
            throw Refusal(refused.Error);
        }
    }

    /// <summary>It bears on something of ours, and is none of those that are wanted.</summary>
    private bool IsBeyond(AclBinding rule)
    {
        if (BrokerRight.Of(rule) is { } right && wanted.Contains(right)) return false;
        var (name, isPrefix) = (rule.Pattern.Name, rule.Pattern.ResourcePatternType == ResourcePatternType.Prefixed);
        return rule.Pattern.Type switch
        {
            ResourceType.Topic => TopicRights.All.Any(r => Covers(kafka.Physical(r.Topic))),
            ResourceType.Group => Principals.Workers.Any(w => Covers(kafka.TopicPrefix + w)),
            BrokerRight.TransactionalId =>
                Principals.Workers.Any(w => Covers($"{kafka.TopicPrefix}{w}-outbox-")
                    || name.StartsWith($"{kafka.TopicPrefix}{w}-outbox-", StringComparison.Ordinal)),
            _ => false,
        };

        bool Covers(string ours) => name == "*" || (isPrefix ? ours.StartsWith(name, StringComparison.Ordinal) : ours == name);
    }

    private static string Words(AclBinding rule) =>
        $"{rule.Entry.PermissionType} "
            + $"{new BrokerRight(rule.Entry.Principal, rule.Pattern.Type, rule.Pattern.Name, rule.Pattern.ResourcePatternType, rule.Entry.Operation)} from {rule.Entry.Host}";

    private static SettingException Refusal(Error error) => new("KAFKA_BOOTSTRAP_SERVERS", error.Code switch
    {
        ErrorCode.SecurityDisabled or ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature =>
            "names a Kafka that checks no rights: everybody may write every topic",
        ErrorCode.ClusterAuthorizationFailed =>
            "names a Kafka that lets this user neither see nor make rules; sign in as one of its super users",
        _ => $"names a Kafka that does not answer about rights: {error.Reason}",
    });
}
