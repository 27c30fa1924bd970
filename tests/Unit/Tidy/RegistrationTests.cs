using ContestPipeline.Demo;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Unit.Tidy;

/// <summary>
/// The services that handlers and jobs need are registered, or the worker does not start: nothing falls back in silence.
/// </summary>
public sealed class RegistrationTests
{
    [Fact]
    public void No_handler_and_no_job_does_without_what_is_not_registered()
    {
        var types = Workers.All.SelectMany(w => w.Assembly.GetTypes()).Where(t => t is { IsClass: true, IsAbstract: false })
            .Where(t => t.GetInterfaces().Any(IsOfBatchOrJob)).ToArray();

        Assert.True(types.Length > 30, $"only {types.Length} handlers and jobs were found");
        Assert.Empty(from type in types
                     from parameter in type.GetConstructors().SelectMany(c => c.GetParameters())
                     where parameter is { HasDefaultValue: true, ParameterType.IsValueType: false }
                     select $"{type.Name}: {parameter.Name}");
    }

    private static bool IsOfBatchOrJob(Type type) => type == typeof(IBatchHandler) || type == typeof(IJob)
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IHandler<>));
}
