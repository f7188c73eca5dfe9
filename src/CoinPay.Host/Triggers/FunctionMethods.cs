using System.Reflection;
using System.Reflection.Emit;
using CoinPay.Host.App;
using Microsoft.Azure.WebJobs;

namespace CoinPay.Host.Triggers;

/// <summary>
/// Emits a class with one static method per function, so that the WebJobs SDK can index them like hand-written ones. Each method passes its
/// name and arguments to <see cref="FunctionBridge"/>.
/// </summary>
internal static class FunctionMethods
{
    /// <exception cref="StartException">This host does not support a trigger.</exception>
    public static Type Emit(IEnumerable<Function> functions)
    {
        ModuleBuilder module = AssemblyBuilder.DefineDynamicAssembly(new("Host.Functions"), AssemblyBuilderAccess.Run).DefineDynamicModule("Host");
        TypeBuilder type = module.DefineType("Host.Functions", TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Abstract);
        foreach (Function function in functions)
            Define(type, function);
        return type.CreateType();
    }

    private static void Define(TypeBuilder type, Function function)
    {
        MethodParameter[] parameters =
        [
            BindingAttributes.OfTrigger(function), .. function.Inputs.Select(BindingAttributes.OfDurableClient),
            new("binder_", typeof(Microsoft.Azure.WebJobs.Binder)), new("context_", typeof(Microsoft.Azure.WebJobs.ExecutionContext)),
            new("cancellation_", typeof(CancellationToken)),
        ];
        Type returned = function.Trigger.Type.ToUpperInvariant() is "ORCHESTRATIONTRIGGER" or "ACTIVITYTRIGGER" or "ENTITYTRIGGER"
            ? typeof(Task<object>)
            : typeof(Task);
        MethodBuilder method = type.DefineMethod(
            function.Name, MethodAttributes.Public | MethodAttributes.Static, returned, [.. parameters.Select(parameter => parameter.Type)]);
        method.SetCustomAttribute(BindingAttributes.New<FunctionNameAttribute>([function.Name]));
        for (int i = 0; i < parameters.Length; i++)
        {
            ParameterBuilder parameter = method.DefineParameter(i + 1, ParameterAttributes.None, parameters[i].Name);
            if (parameters[i].Attribute is { } attribute)
                parameter.SetCustomAttribute(attribute);
        }
        EmitCall(method.GetILGenerator(), function.Name, parameters);
    }

    /// <summary><c>return FunctionBridge.Invoke(name, new object[] { … });</c></summary>
    private static void EmitCall(ILGenerator code, string function, MethodParameter[] parameters)
    {
        code.Emit(OpCodes.Ldstr, function);
        code.Emit(OpCodes.Ldc_I4, parameters.Length);
        code.Emit(OpCodes.Newarr, typeof(object));
        for (int i = 0; i < parameters.Length; i++)
        {
            code.Emit(OpCodes.Dup);
            code.Emit(OpCodes.Ldc_I4, i);
            code.Emit(OpCodes.Ldarg, i);
            if (parameters[i].Type.IsValueType)
                code.Emit(OpCodes.Box, parameters[i].Type);
            code.Emit(OpCodes.Stelem_Ref);
        }
        code.Emit(OpCodes.Call, typeof(FunctionBridge).GetMethod(nameof(FunctionBridge.Invoke))!);
        code.Emit(OpCodes.Ret);
    }
}
