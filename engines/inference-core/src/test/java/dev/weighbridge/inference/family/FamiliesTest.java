package dev.weighbridge.inference.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.WeightShapes;
import dev.weighbridge.inference.reference.GoldenFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations as transformers 5 writes them, as earlier versions did, and as models were published with. */
class FamiliesTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .build();
    private static final Path FILE = Path.of("config.json");

    static List<String> fixtures() {
        return GoldenFixture.decoders();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void whatEarlierVersionsWroteIsTheSameModel(String name, @TempDir Path folder) throws IOException {
        ObjectNode config = (ObjectNode) MAPPER.readTree(
                GoldenFixture.unpack(name, folder).resolve("config.json").toFile());
        Definition newer = Families.describe(config, FILE).definition();
        assertThat(Families.describe(older(config.deepCopy()), FILE).definition())
                .isEqualTo(newer);
    }

    /** Positions at the top and under {@code rope_scaling}, kinds of layers by their pattern. */
    private static ObjectNode older(ObjectNode config) {
        config.remove("layer_types");
        config.set("torch_dtype", config.remove("dtype"));
        JsonNode positions = config.remove("rope_parameters");
        if (positions == null) {
            return config;
        }
        if (positions.has("full_attention")) {
            JsonNode global = positions.path("full_attention");
            config.set("rope_theta", global.path("rope_theta"));
            config.set("rope_scaling", scaling(global));
            config.set(
                    "rope_local_base_freq", positions.path("sliding_attention").path("rope_theta"));
            return config;
        }
        boolean neoX = config.path("model_type").asText().equals("gpt_neox");
        config.set(neoX ? "rotary_emb_base" : "rope_theta", positions.path("rope_theta"));
        if (positions.has("partial_rotary_factor")) {
            config.set(neoX ? "rotary_pct" : "partial_rotary_factor", positions.path("partial_rotary_factor"));
        }
        config.set("rope_scaling", scaling(positions));
        return config;
    }

    private static JsonNode scaling(JsonNode positions) {
        ObjectNode scaling = positions.deepCopy();
        scaling.remove(List.of("rope_theta", "partial_rotary_factor"));
        if (scaling.path("rope_type").asText().equals("default")) {
            return MAPPER.nullNode();
        }
        scaling.set("type", scaling.remove("rope_type"));
        return scaling;
    }

    /** Fields and values as published on Hugging Face; parameters as the weights have them, in millions. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1235.8 | 131072 | {architectures:['LlamaForCausalLM'],attention_bias:false,attention_dropout:0.0,bos_token_id:128000,eos_token_id:128001,head_dim:64,hidden_act:'silu',hidden_size:2048,initializer_range:0.02,intermediate_size:8192,max_position_embeddings:131072,mlp_bias:false,model_type:'llama',num_attention_heads:32,num_hidden_layers:16,num_key_value_heads:8,pretraining_tp:1,rms_norm_eps:1e-05,rope_scaling:{factor:32.0,high_freq_factor:4.0,low_freq_factor:1.0,original_max_position_embeddings:8192,rope_type:'llama3'},rope_theta:500000.0,tie_word_embeddings:true,torch_dtype:'bfloat16',transformers_version:'4.45.0.dev0',use_cache:true,vocab_size:128256}
            7241.7 | 32768 | {architectures:['MistralForCausalLM'],bos_token_id:1,eos_token_id:2,hidden_act:'silu',hidden_size:4096,initializer_range:0.02,intermediate_size:14336,max_position_embeddings:32768,model_type:'mistral',num_attention_heads:32,num_hidden_layers:32,num_key_value_heads:8,rms_norm_eps:1e-05,rope_theta:10000.0,sliding_window:4096,tie_word_embeddings:false,torch_dtype:'bfloat16',transformers_version:'4.34.0.dev0',use_cache:true,vocab_size:32000}
            46702.8 | 32768 | {architectures:['MixtralForCausalLM'],attention_dropout:0.0,bos_token_id:1,eos_token_id:2,hidden_act:'silu',hidden_size:4096,initializer_range:0.02,intermediate_size:14336,max_position_embeddings:32768,model_type:'mixtral',num_attention_heads:32,num_experts_per_tok:2,num_hidden_layers:32,num_key_value_heads:8,num_local_experts:8,output_router_logits:false,rms_norm_eps:1e-05,rope_theta:1000000.0,router_aux_loss_coef:0.02,sliding_window:null,tie_word_embeddings:false,torch_dtype:'bfloat16',transformers_version:'4.36.0.dev0',use_cache:true,vocab_size:32000}
            494.0 | 32768 | {architectures:['Qwen2ForCausalLM'],attention_dropout:0.0,bos_token_id:151643,eos_token_id:151643,hidden_act:'silu',hidden_size:896,initializer_range:0.02,intermediate_size:4864,max_position_embeddings:32768,max_window_layers:24,model_type:'qwen2',num_attention_heads:14,num_hidden_layers:24,num_key_value_heads:2,rms_norm_eps:1e-06,rope_theta:1000000.0,sliding_window:32768,tie_word_embeddings:true,torch_dtype:'bfloat16',transformers_version:'4.40.1',use_cache:true,use_mrope:false,use_sliding_window:false,vocab_size:151936}
            596.0 | 40960 | {architectures:['Qwen3ForCausalLM'],attention_bias:false,attention_dropout:0.0,bos_token_id:151643,eos_token_id:151645,head_dim:128,hidden_act:'silu',hidden_size:1024,initializer_range:0.02,intermediate_size:3072,max_position_embeddings:40960,max_window_layers:28,model_type:'qwen3',num_attention_heads:16,num_hidden_layers:28,num_key_value_heads:8,rms_norm_eps:1e-06,rope_scaling:null,rope_theta:1000000,sliding_window:null,tie_word_embeddings:true,torch_dtype:'bfloat16',transformers_version:'4.51.0',use_cache:true,use_sliding_window:false,vocab_size:151936}
            2506.2 | 8192 | {architectures:['GemmaForCausalLM'],attention_bias:false,attention_dropout:0.0,bos_token_id:2,eos_token_id:1,head_dim:256,hidden_act:'gelu',hidden_activation:null,hidden_size:2048,initializer_range:0.02,intermediate_size:16384,max_position_embeddings:8192,model_type:'gemma',num_attention_heads:8,num_hidden_layers:18,num_key_value_heads:1,pad_token_id:0,rms_norm_eps:1e-06,rope_scaling:null,rope_theta:10000.0,torch_dtype:'bfloat16',transformers_version:'4.38.0.dev0',use_cache:true,vocab_size:256000}
            2614.3 | 8192 | {architectures:['Gemma2ForCausalLM'],attention_bias:false,attention_dropout:0.0,attn_logit_softcapping:50.0,bos_token_id:2,cache_implementation:'hybrid',eos_token_id:1,final_logit_softcapping:30.0,head_dim:256,hidden_act:'gelu_pytorch_tanh',hidden_activation:'gelu_pytorch_tanh',hidden_size:2304,initializer_range:0.02,intermediate_size:9216,max_position_embeddings:8192,model_type:'gemma2',num_attention_heads:8,num_hidden_layers:26,num_key_value_heads:4,pad_token_id:0,query_pre_attn_scalar:256,rms_norm_eps:1e-06,rope_theta:10000.0,sliding_window:4096,torch_dtype:'float32',transformers_version:'4.42.4',use_cache:true,vocab_size:256000}
            999.9 | 32768 | {architectures:['Gemma3ForCausalLM'],attention_bias:false,attention_dropout:0.0,attn_logit_softcapping:null,bos_token_id:2,cache_implementation:'hybrid',eos_token_id:[1,106],final_logit_softcapping:null,head_dim:256,hidden_activation:'gelu_pytorch_tanh',hidden_size:1152,initializer_range:0.02,intermediate_size:6912,max_position_embeddings:32768,model_type:'gemma3_text',num_attention_heads:4,num_hidden_layers:26,num_key_value_heads:1,pad_token_id:0,query_pre_attn_scalar:256,rms_norm_eps:1e-06,rope_local_base_freq:10000,rope_scaling:null,rope_theta:1000000,sliding_window:512,sliding_window_pattern:6,torch_dtype:'bfloat16',transformers_version:'4.50.0.dev0',use_cache:true,vocab_size:262144}
            2779.7 | 2048 | {_name_or_path:'microsoft/phi-2',architectures:['PhiForCausalLM'],attention_dropout:0.0,bos_token_id:50256,embd_pdrop:0.0,eos_token_id:50256,hidden_act:'gelu_new',hidden_size:2560,initializer_range:0.02,intermediate_size:10240,layer_norm_eps:1e-05,max_position_embeddings:2048,model_type:'phi',num_attention_heads:32,num_hidden_layers:32,num_key_value_heads:32,partial_rotary_factor:0.4,qk_layernorm:false,resid_pdrop:0.1,rope_scaling:null,rope_theta:10000.0,tie_word_embeddings:false,torch_dtype:'float16',transformers_version:'4.37.0',use_cache:true,vocab_size:51200}
            3821.1 | 4096 | {_name_or_path:'Phi-3-mini-4k-instruct',architectures:['Phi3ForCausalLM'],attention_bias:false,attention_dropout:0.0,auto_map:{AutoConfig:'x'},bos_token_id:1,embd_pdrop:0.0,eos_token_id:32000,hidden_act:'silu',hidden_size:3072,initializer_range:0.02,intermediate_size:8192,max_position_embeddings:4096,model_type:'phi3',num_attention_heads:32,num_hidden_layers:32,num_key_value_heads:32,original_max_position_embeddings:4096,pad_token_id:32000,resid_pdrop:0.0,rms_norm_eps:1e-05,rope_scaling:null,rope_theta:10000.0,sliding_window:2047,tie_word_embeddings:false,torch_dtype:'bfloat16',transformers_version:'4.40.2',use_cache:true,vocab_size:32064}
            6921.7 | 2048 | {alibi:false,apply_residual_connection_post_layernorm:false,architectures:['FalconForCausalLM'],attention_dropout:0.0,auto_map:{AutoConfig:'x'},bias:false,bos_token_id:11,eos_token_id:11,hidden_dropout:0.0,hidden_size:4544,initializer_range:0.02,layer_norm_epsilon:1e-05,model_type:'falcon',multi_query:true,new_decoder_architecture:false,num_attention_heads:71,num_hidden_layers:32,parallel_attn:true,torch_dtype:'bfloat16',transformers_version:'4.27.4',use_cache:true,vocab_size:65024}
            41303.3 | 2048 | {alibi:false,apply_residual_connection_post_layernorm:false,architectures:['FalconForCausalLM'],attention_dropout:0.0,bias:false,bos_token_id:11,eos_token_id:11,hidden_dropout:0.0,hidden_size:8192,initializer_range:0.02,layer_norm_epsilon:1e-05,model_type:'falcon',new_decoder_architecture:true,num_attention_heads:128,num_hidden_layers:60,num_kv_heads:8,parallel_attn:true,torch_dtype:'bfloat16',transformers_version:'4.27.4',use_cache:true,vocab_size:65024}
            1311.6 | 2048 | {alibi:true,apply_residual_connection_post_layernorm:false,architectures:['FalconForCausalLM'],attention_dropout:0.0,bias:true,bos_token_id:1,eos_token_id:2,hidden_dropout:0.0,hidden_size:2048,initializer_range:0.02,layer_norm_epsilon:1e-05,model_type:'falcon',multi_query:false,num_attention_heads:32,num_hidden_layers:24,parallel_attn:false,torch_dtype:'bfloat16',transformers_version:'4.27.4',use_cache:true,vocab_size:50304}
            559.2 | 2048 | {apply_residual_connection_post_layernorm:false,architectures:['BloomForCausalLM'],attention_dropout:0.0,attention_softmax_in_fp32:true,bias_dropout_fusion:true,bos_token_id:1,eos_token_id:2,hidden_dropout:0.0,initializer_range:0.02,layer_norm_epsilon:1e-05,masked_softmax_fusion:true,model_type:'bloom',n_embed:1024,n_inner:null,n_layer:24,num_attention_heads:16,offset_alibi:100,pad_token_id:3,pretraining_tp:1,seq_length:2048,skip_bias_add:true,skip_bias_add_qkv:false,slow_but_exact:false,torch_dtype:'float16',transformers_version:'4.20.0',unk_token_id:0,use_cache:true,vocab_size:250880}
            124.4 | 1024 | {activation_function:'gelu_new',architectures:['GPT2LMHeadModel'],attn_pdrop:0.1,bos_token_id:50256,embd_pdrop:0.1,eos_token_id:50256,initializer_range:0.02,layer_norm_epsilon:1e-05,model_type:'gpt2',n_ctx:1024,n_embd:768,n_head:12,n_layer:12,n_positions:1024,resid_pdrop:0.1,summary_activation:null,summary_first_dropout:0.1,summary_proj_to_labels:true,summary_type:'cls_index',summary_use_proj:true,task_specific_params:{'text-generation':{do_sample:true,max_length:50}},vocab_size:50257}
            162.3 | 2048 | {architectures:['GPTNeoXForCausalLM'],bos_token_id:0,eos_token_id:0,hidden_act:'gelu',hidden_size:768,initializer_range:0.02,intermediate_size:3072,layer_norm_eps:1e-05,max_position_embeddings:2048,model_type:'gpt_neox',num_attention_heads:12,num_hidden_layers:12,rotary_emb_base:10000,rotary_pct:0.25,tie_word_embeddings:false,torch_dtype:'float16',transformers_version:'4.24.0',use_cache:true,use_parallel_residual:true,vocab_size:50304}
            125.2 | 2048 | {_name_or_path:'facebook/opt-125m',_remove_final_layer_norm:false,activation_dropout:0.0,activation_function:'relu',architectures:['OPTForCausalLM'],attention_dropout:0.0,bos_token_id:2,do_layer_norm_before:true,dropout:0.1,eos_token_id:2,ffn_dim:3072,hidden_size:768,init_std:0.02,layerdrop:0.0,max_position_embeddings:2048,model_type:'opt',num_attention_heads:12,num_hidden_layers:12,pad_token_id:1,prefix:'</s>',torch_dtype:'float16',transformers_version:'4.21.0.dev0',use_cache:true,vocab_size:50272,word_embed_proj_dim:768}
            331.2 | 2048 | {_name_or_path:'facebook/opt-350m',_remove_final_layer_norm:false,activation_dropout:0.0,activation_function:'relu',architectures:['OPTForCausalLM'],attention_dropout:0.0,bos_token_id:2,do_layer_norm_before:false,dropout:0.1,eos_token_id:2,ffn_dim:4096,hidden_size:1024,init_std:0.02,layerdrop:0.0,max_position_embeddings:2048,model_type:'opt',num_attention_heads:16,num_hidden_layers:24,pad_token_id:1,prefix:'</s>',torch_dtype:'float16',transformers_version:'4.20.0.dev0',use_cache:true,vocab_size:50272,word_embed_proj_dim:512}
            2795.4 | 4096 | {architectures:['StableLmForCausalLM'],bos_token_id:0,eos_token_id:0,hidden_act:'silu',hidden_size:2560,initializer_range:0.02,intermediate_size:6912,layer_norm_eps:1e-05,max_position_embeddings:4096,model_type:'stablelm',num_attention_heads:32,num_hidden_layers:32,num_key_value_heads:32,partial_rotary_factor:0.25,rope_theta:10000,tie_word_embeddings:false,torch_dtype:'bfloat16',transformers_version:'4.38.0',use_cache:true,use_qkv_bias:false,vocab_size:50304}
            1644.5 | 4096 | {architectures:['StableLmForCausalLM'],attention_dropout:0.0,bos_token_id:100257,eos_token_id:100257,hidden_act:'silu',hidden_dropout:0.0,hidden_size:2048,initializer_range:0.02,intermediate_size:5632,layer_norm_eps:1e-05,max_position_embeddings:4096,model_type:'stablelm',num_attention_heads:32,num_hidden_layers:24,num_key_value_heads:32,partial_rotary_factor:0.25,rope_theta:10000,tie_word_embeddings:false,torch_dtype:'float16',transformers_version:'4.38.0',use_cache:true,use_qkv_bias:true,vocab_size:100352}
            """)
    void publishedConfigurationsAreReadToTheLastField(double millions, int contextLength, String config)
            throws IOException {
        Definition definition = Families.describe(MAPPER.readTree(config), FILE).definition();
        double parameters = WeightShapes.of(definition).values().stream()
                .mapToDouble(shape -> shape.stream().reduce(1L, Math::multiplyExact))
                .sum();
        assertThat(definition.contextLength()).isEqualTo(contextLength);
        // Published counts differ in whether they hold two rows of positions or a padded vocabulary.
        assertThat(parameters / 1e6).isCloseTo(millions, withPercentage(0.1));
    }

    @Test
    void aFieldThatNoFamilyKnowsIsRefusedWithItsValue() throws IOException {
        JsonNode config =
                MAPPER.readTree("{model_type:'gpt2',n_embd:64,n_head:4,n_layer:2,vocab_size:100,turbo:{on:1}}");
        assertThatThrownBy(() -> Families.describe(config, FILE))
                .hasMessageContaining("has turbo {\"on\":1}, which this model type is not known to have");
    }

    @Test
    void typesAreListedWhereOneIsNotKnown() throws IOException {
        JsonNode config = MAPPER.readTree("{model_type:'rwkv'}");
        assertThatThrownBy(() -> Families.describe(config, FILE))
                .hasMessageContaining("model_type 'rwkv'")
                .hasMessageContaining(
                        "bloom, falcon, gemma, gemma2, gemma3_text, gpt2, gpt_neox, llama, mistral, mixtral,"
                                + " opt, phi, phi3, qwen2, qwen3, stablelm");
    }
}
